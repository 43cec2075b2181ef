package io.litoperator.worker.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** A PNG's chunks; ImageIO does not check that they are whole. */
final class PngChunks {
  private static final int SIGNATURE_BYTES = 8;
  private static final int LENGTH_BYTES = 4;
  private static final int TYPE_BYTES = 4;
  private static final int CRC_BYTES = 4;
  private static final int IEND = 0x49454e44;
  private static final int PLTE = 0x504c5445;
  private static final int TRNS = 0x74524e53;
  private static final int BIT_DEPTH = 24;

  private PngChunks() {}

  /**
   * The file as ImageIO reads it like Pillow: without a transparent colour, which would make 16-bit
   * grey look like grey with alpha, and with a palette that has black for what it lacks.
   *
   * @throws IOException saying where the file is cut off or altered, if a chunk up to the end chunk
   *     is not there or has not its checksum
   */
  static byte[] opaque(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).position(SIGNATURE_BYTES);
    ByteArrayOutputStream opaque = new ByteArrayOutputStream(file.length);
    opaque.write(file, 0, SIGNATURE_BYTES);
    int type = 0;
    while (type != IEND) {
      int start = bytes.position();
      type = check(bytes, file);
      byte[] chunk = Arrays.copyOfRange(file, start, bytes.position());
      if (type == PLTE) {
        opaque.writeBytes(wholePalette(chunk, file[BIT_DEPTH]));
      } else if (type != TRNS) {
        opaque.writeBytes(chunk);
      }
    }
    return opaque.toByteArray();
  }

  /** Passes over a chunk; returns its type. */
  private static int check(ByteBuffer bytes, byte[] file) throws IOException {
    int start = bytes.position();
    if (bytes.remaining() < LENGTH_BYTES + TYPE_BYTES + CRC_BYTES) {
      throw truncated(file);
    }
    int length = bytes.getInt();
    if (length < 0 || length > bytes.remaining() - TYPE_BYTES - CRC_BYTES) {
      throw truncated(file);
    }
    CRC32 crc = new CRC32();
    crc.update(file, bytes.position(), TYPE_BYTES + length);
    int type = bytes.getInt();
    bytes.position(bytes.position() + length);
    if (bytes.getInt() != (int) crc.getValue()) {
      throw new IOException("the checksum of the chunk at byte " + start + " is wrong");
    }
    return type;
  }

  /** ImageIO does not read the checksum, which is not right any more. */
  private static byte[] wholePalette(byte[] chunk, int bitDepth) {
    int length = Math.max(3 << Math.min(bitDepth, 8), ByteBuffer.wrap(chunk).getInt());
    byte[] whole = Arrays.copyOf(chunk, LENGTH_BYTES + TYPE_BYTES + length + CRC_BYTES);
    int end = chunk.length - CRC_BYTES;
    if (whole.length > chunk.length) {
      Arrays.fill(whole, end, chunk.length, (byte) 0);
    }
    ByteBuffer.wrap(whole).putInt(length);
    return whole;
  }

  private static IOException truncated(byte[] file) {
    return new IOException("it is cut off after " + file.length + " bytes");
  }
}
