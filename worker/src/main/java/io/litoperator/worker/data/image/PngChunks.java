package io.litoperator.worker.data.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** A PNG's chunks; ImageIO does not check that they are whole. */
final class PngChunks {
  private static final int SIGNATURE_BYTES = 8;
  private static final int LENGTH_BYTES = 4;
  private static final int TYPE_BYTES = 4;
  private static final int CRC_BYTES = 4;
  private static final int IEND = 0x49454e44;

  private PngChunks() {}

  /**
   * Checks that every chunk up to the end chunk is there and has its checksum.
   *
   * @throws IOException saying where the file is cut off or altered
   */
  static void check(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).position(SIGNATURE_BYTES);
    int type = 0;
    while (type != IEND) {
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
      type = bytes.getInt();
      bytes.position(bytes.position() + length);
      if (bytes.getInt() != (int) crc.getValue()) {
        throw new IOException("the checksum of the chunk at byte " + start + " is wrong");
      }
    }
  }

  private static IOException truncated(byte[] file) {
    return new IOException("it is cut off after " + file.length + " bytes");
  }
}
