package io.litoperator.worker.data.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first frame of an animated WebP, as a still of its own; libwebp's plain decoder reads no
 * animations.
 *
 * @param still a WebP file
 * @param left where the frame is on the canvas, in pixels
 * @param top likewise
 */
record WebpFrame(byte[] still, int left, int top, int canvasWidth, int canvasHeight) {
  private static final int FILE_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int ANIMATED = 2;
  private static final int HAS_ALPHA = 16;

  /**
   * @return empty if the file is a still
   * @throws IOException where the file is cut off or has no frame
   */
  static Optional<WebpFrame> first(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean extended = file.length > 30 && type(file, FILE_HEADER).equals("VP8X");
    if (!extended || (file[FILE_HEADER + CHUNK_HEADER] & ANIMATED) == 0) {
      return Optional.empty();
    }
    int end = CHUNK_HEADER + bytes.getInt(4);
    if (end > file.length || end < 0) {
      throw new IOException("it is cut off after " + file.length + " bytes");
    }
    int canvas = FILE_HEADER + CHUNK_HEADER + 4;
    for (int at = FILE_HEADER; at + CHUNK_HEADER + FRAME_HEADER <= end; at += size(bytes, at)) {
      if (type(file, at).equals("ANMF")) {
        int frame = at + CHUNK_HEADER;
        byte[] chunks =
            Arrays.copyOfRange(file, frame + FRAME_HEADER, Math.min(at + size(bytes, at), end));
        return Optional.of(
            new WebpFrame(
                still(chunks, Arrays.copyOfRange(file, frame + 6, frame + 12)),
                2 * number(bytes, frame),
                2 * number(bytes, frame + 3),
                1 + number(bytes, canvas),
                1 + number(bytes, canvas + 3)));
      }
    }
    throw new IOException("it has no frame");
  }

  private static byte[] still(byte[] chunks, byte[] size) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(ascii("WEBP"));
    if (type(chunks, 0).equals("ALPH")) {
      body.writeBytes(ascii("VP8X"));
      body.writeBytes(new byte[] {10, 0, 0, 0, HAS_ALPHA, 0, 0, 0});
      body.writeBytes(size);
    }
    body.writeBytes(chunks);
    return ByteBuffer.allocate(CHUNK_HEADER + body.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(ascii("RIFF"))
        .putInt(body.size())
        .put(body.toByteArray())
        .array();
  }

  /** Of a chunk with its header, which begins at an even place. */
  private static int size(ByteBuffer bytes, int at) throws IOException {
    int size = bytes.getInt(at + 4);
    if (size < 0 || size > bytes.capacity()) {
      throw new IOException("the chunk at byte " + at + " is longer than the file");
    }
    return CHUNK_HEADER + size + (size & 1);
  }

  private static int number(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff | (bytes.get(at + 2) & 0xff) << 16;
  }

  private static String type(byte[] bytes, int at) {
    return bytes.length < at + 4 ? "" : new String(bytes, at, 4, StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }
}
