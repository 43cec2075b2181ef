package io.litoperator.worker.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** How a picture's EXIF data say that it is to be turned, as Pillow's {@code getexif} finds it. */
final class Orientation {
  /** As it is. */
  static final int UPRIGHT = 1;

  private static final int LAST = 8;
  private static final int TAG = 0x112;
  private static final int SHORT = 3;
  private static final int ENTRY = 12;
  private static final int START_OF_SCAN = 0xda;
  private static final int APP1 = 0xe1;
  private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  private Orientation() {}

  /**
   * @return 1 to 8 as EXIF counts them; {@link #UPRIGHT} also where there are no data, or broken
   *     ones
   */
  static int of(byte[] file) {
    int found =
        PictureFormat.of(file)
            .flatMap(
                format ->
                    switch (format) {
                      case JPEG -> jpeg(file);
                      case PNG -> chunk(file, ByteOrder.BIG_ENDIAN, 8, 0, 4, 12, "eXIf");
                      case WEBP -> chunk(file, ByteOrder.LITTLE_ENDIAN, 12, 4, 0, 8, "EXIF");
                      case GIF, BMP -> Optional.empty();
                    })
            .map(Orientation::tag)
            .orElse(UPRIGHT);
    return found < UPRIGHT || found > LAST ? UPRIGHT : found;
  }

  private static Optional<byte[]> jpeg(byte[] file) {
    int at = 2;
    while (at + 4 <= file.length && file[at] == (byte) 0xff) {
      int marker = file[at + 1] & 0xff;
      int next = at + 2 + ((file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff);
      if (marker == 0xff) { // padding
        next = at + 1;
      } else if (marker == START_OF_SCAN) {
        return Optional.empty();
      } else if (marker == APP1 && next > at + 4 && isExif(file, at + 4)) {
        return Optional.of(Arrays.copyOfRange(file, at + 4, Math.min(next, file.length)));
      }
      at = next;
    }
    return Optional.empty();
  }

  /**
   * The content of a chunk of PNG's or WebP's.
   *
   * @param first where the first chunk begins
   * @param length where in a chunk its content's length is
   * @param name where its name is
   * @param around bytes of a chunk besides its content
   */
  private static Optional<byte[]> chunk(
      byte[] file, ByteOrder order, int first, int length, int name, int around, String wanted) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(order);
    int padding = order == ByteOrder.LITTLE_ENDIAN ? 1 : 0;
    long next = first;
    while (next + around <= file.length) {
      int at = (int) next;
      int size = bytes.getInt(at + length);
      if (size < 0) {
        return Optional.empty();
      }
      if (new String(file, at + name, 4, StandardCharsets.US_ASCII).equals(wanted)) {
        int end = (int) Math.min(file.length, at + 8L + size);
        return Optional.of(Arrays.copyOfRange(file, at + 8, end));
      }
      next = at + around + (long) size + (size & padding);
    }
    return Optional.empty();
  }

  private static boolean isExif(byte[] bytes, int at) {
    return bytes.length >= at + PREFIX.length
        && Arrays.equals(bytes, at, at + PREFIX.length, PREFIX, 0, PREFIX.length);
  }

  /** Of a TIFF header and its first directory. */
  private static int tag(byte[] exif) {
    int start = isExif(exif, 0) ? PREFIX.length : 0;
    ByteBuffer tiff = ByteBuffer.wrap(exif, start, exif.length - start).slice();
    if (tiff.remaining() < 8) {
      return UPRIGHT;
    }
    tiff.order(tiff.get(0) == 'M' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 8 || directory > tiff.limit() - 2) {
      return UPRIGHT;
    }
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int at = directory + 2 + i * ENTRY;
      if (at + ENTRY > tiff.limit()) {
        return UPRIGHT;
      }
      if ((tiff.getShort(at) & 0xffff) == TAG && tiff.getShort(at + 2) == SHORT) {
        return tiff.getShort(at + 8) & 0xffff;
      }
    }
    return UPRIGHT;
  }
}
