package io.litoperator.worker.report.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of an event file: an {@code Event} of TensorFlow's {@code event.proto} each, framed as in
 * a TFRecord file with its length and two masked CRC-32C.
 */
final class TensorBoardRecord {
  private static final int MASK_DELTA = 0xa282ead8;

  /** Numbers of the messages' fields. */
  private static final class Field {
    static final int EVENT_WALL_TIME = 1;
    static final int EVENT_STEP = 2;
    static final int EVENT_FILE_VERSION = 3;
    static final int EVENT_SUMMARY = 5;
    static final int EVENT_SESSION_LOG = 7;
    static final int SUMMARY_VALUE = 1;
    static final int VALUE_TAG = 1;
    static final int VALUE_SIMPLE = 2;
    static final int SESSION_STATUS = 1;
  }

  private static final int SESSION_START = 1;

  private TensorBoardRecord() {}

  /** Writes a message's fields, in their order. */
  private interface Fields {
    void to(CodedOutputStream out) throws IOException;
  }

  /** The first of every file. */
  static byte[] version(Instant at) {
    return event(at, 0, out -> out.writeString(Field.EVENT_FILE_VERSION, "brain.Event:2"));
  }

  /** A run begins, or goes on: what it has told of this step and later ones is void. */
  static byte[] start(Instant at, long step) {
    byte[] session = message(out -> out.writeEnum(Field.SESSION_STATUS, SESSION_START));
    return event(at, step, out -> out.writeByteArray(Field.EVENT_SESSION_LOG, session));
  }

  /**
   * @param values by tag
   */
  static byte[] scalars(Instant at, long step, Map<String, Double> values) {
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> value : values.entrySet()) {
                out.writeByteArray(
                    Field.SUMMARY_VALUE, scalar(value.getKey(), value.getValue().floatValue()));
              }
            });
    return event(at, step, out -> out.writeByteArray(Field.EVENT_SUMMARY, summary));
  }

  private static byte[] scalar(String tag, float value) {
    return message(
        out -> {
          out.writeString(Field.VALUE_TAG, tag);
          out.writeFloat(Field.VALUE_SIMPLE, value);
        });
  }

  private static byte[] event(Instant at, long step, Fields what) {
    return framed(
        message(
            out -> {
              out.writeDouble(Field.EVENT_WALL_TIME, at.getEpochSecond() + at.getNano() * 1e-9);
              if (step != 0) {
                out.writeInt64(Field.EVENT_STEP, step);
              }
              what.to(out);
            }));
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.to(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return bytes.toByteArray();
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
}
