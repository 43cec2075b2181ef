package io.litoperator.worker.data.image;

import java.util.Arrays;
import java.util.Optional;

/** The file formats that are read, told by their first bytes, as names and suffixes often lie. */
enum PictureFormat {
  PNG("png", 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'),
  JPEG("jpeg", 0xff, 0xd8, 0xff),
  GIF("gif", 'G', 'I', 'F', '8'),
  BMP("bmp", 'B', 'M');

  private final String readerName;
  private final byte[] signature;

  PictureFormat(String readerName, int... signature) {
    this.readerName = readerName;
    this.signature = new byte[signature.length];
    for (int i = 0; i < signature.length; i++) {
      this.signature[i] = (byte) signature[i];
    }
  }

  static Optional<PictureFormat> of(byte[] file) {
    return Arrays.stream(values()).filter(format -> format.begins(file)).findFirst();
  }

  private boolean begins(byte[] file) {
    return file.length >= signature.length
        && Arrays.equals(file, 0, signature.length, signature, 0, signature.length);
  }

  /** The format's name in {@link javax.imageio.ImageIO}'s registry. */
  String readerName() {
    return readerName;
  }
}
