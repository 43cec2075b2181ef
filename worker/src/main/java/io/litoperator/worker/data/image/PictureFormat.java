package io.litoperator.worker.data.image;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** The file formats that are read, told by their first bytes, as names and suffixes often lie. */
enum PictureFormat {
  PNG("png", 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'),
  JPEG("jpeg", 0xff, 0xd8, 0xff),
  GIF("gif", 'G', 'I', 'F', '8'),
  BMP("bmp", 'B', 'M'),
  WEBP("webp", 'R', 'I', 'F', 'F', -1, -1, -1, -1, 'W', 'E', 'B', 'P');

  private final String readerName;

  /** Of the first bytes; where any will do, negative. */
  private final int[] signature;

  PictureFormat(String readerName, int... signature) {
    this.readerName = readerName;
    this.signature = signature;
  }

  static Optional<PictureFormat> of(byte[] file) {
    return Arrays.stream(values()).filter(format -> format.begins(file)).findFirst();
  }

  private boolean begins(byte[] file) {
    return file.length >= signature.length
        && IntStream.range(0, signature.length)
            .allMatch(i -> signature[i] < 0 || signature[i] == (file[i] & 0xff));
  }

  /** The format's name in {@link javax.imageio.ImageIO}'s registry. */
  String readerName() {
    return readerName;
  }
}
