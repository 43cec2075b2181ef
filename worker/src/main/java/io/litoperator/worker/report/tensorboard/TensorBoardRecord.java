package io.litoperator.worker.report.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of an event file: an {@code Event} of TensorFlow's {@code event.proto} each, framed as in
 * a TFRecord file with its length and two masked CRC-32C.
 */
final class TensorBoardRecord {
  private static final int MASK_DELTA = 0xa282ead8;

  /** Field numbers and wire types of the messages. */
  private static final class Tag {
    static final int EVENT_WALL_TIME = 1 << 3 | 1;
    static final int EVENT_STEP = 2 << 3;
    static final int EVENT_FILE_VERSION = 3 << 3 | 2;
    static final int EVENT_SUMMARY = 5 << 3 | 2;
    static final int EVENT_SESSION_LOG = 7 << 3 | 2;
    static final int SUMMARY_VALUE = 1 << 3 | 2;
    static final int VALUE_TAG = 1 << 3 | 2;
    static final int VALUE_SIMPLE = 2 << 3 | 5;
    static final int SESSION_STATUS = 1 << 3;
  }

  private static final int SESSION_START = 1;

  private TensorBoardRecord() {}

  /** The first of every file. */
  static byte[] version(Instant at) {
    return framed(
        event(at, 0).message(Tag.EVENT_FILE_VERSION, utf8("brain.Event:2")).bytes.toByteArray());
  }

  /** A run begins, or goes on: what it has told of this step and later ones is void. */
  static byte[] start(Instant at, long step) {
    Message session = new Message().varint(Tag.SESSION_STATUS, SESSION_START);
    return framed(
        event(at, step)
            .message(Tag.EVENT_SESSION_LOG, session.bytes.toByteArray())
            .bytes
            .toByteArray());
  }

  /**
   * @param values by tag
   */
  static byte[] scalars(Instant at, long step, Map<String, Double> values) {
    Message summary = new Message();
    values.forEach(
        (tag, value) ->
            summary.message(
                Tag.SUMMARY_VALUE,
                new Message()
                    .message(Tag.VALUE_TAG, utf8(tag))
                    .fixed32(Tag.VALUE_SIMPLE, Float.floatToIntBits(value.floatValue()))
                    .bytes
                    .toByteArray()));
    return framed(
        event(at, step)
            .message(Tag.EVENT_SUMMARY, summary.bytes.toByteArray())
            .bytes
            .toByteArray());
  }

  private static Message event(Instant at, long step) {
    double seconds = at.getEpochSecond() + at.getNano() * 1e-9;
    Message event = new Message().fixed64(Tag.EVENT_WALL_TIME, Double.doubleToLongBits(seconds));
    return step == 0 ? event : event.varint(Tag.EVENT_STEP, step);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] framed(byte[] data) {
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    return little(length.length + data.length + 2 * Integer.BYTES)
        .put(length)
        .putInt(maskedCrc(length))
        .put(data)
        .putInt(maskedCrc(data))
        .array();
  }

  /** A checksum that is stored beside its data is masked, lest data hold checksums of itself. */
  private static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A protobuf message; fields in the order of the calls. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message varint(int tag, long value) {
      bytes.write(tag);
      number(value);
      return this;
    }

    Message fixed32(int tag, int value) {
      bytes.write(tag);
      bytes.writeBytes(little(Integer.BYTES).putInt(value).array());
      return this;
    }

    Message fixed64(int tag, long value) {
      bytes.write(tag);
      bytes.writeBytes(little(Long.BYTES).putLong(value).array());
      return this;
    }

    Message message(int tag, byte[] content) {
      bytes.write(tag);
      number(content.length);
      bytes.writeBytes(content);
      return this;
    }

    private void number(long value) {
      long left = value;
      while ((left & ~0x7f) != 0) {
        bytes.write((int) (left & 0x7f | 0x80));
        left >>>= 7;
      }
      bytes.write((int) left);
    }
  }
}
