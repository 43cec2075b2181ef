package io.litoperator.worker.report.html;

import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.image.StoredPicture;
import io.litoperator.worker.failure.Failure;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;

/** Reads pictures for embedding, each file once, and makes large ones small. */
final class Pictures {
  /** Longest side of an embedded picture, in pixels: twice the size at which it is shown. */
  private static final int LONGEST_SIDE = 320;

  private final Map<String, Picture> read = new HashMap<>();

  /** The picture of a file; one that says so if the file cannot be read. */
  Picture embed(String file) {
    return embed(new StoredPicture.InFile(Path.of(file)));
  }

  /** A picture; one that says so if it cannot be read. */
  Picture embed(StoredPicture picture) {
    return read.computeIfAbsent(picture.name(), name -> load(picture));
  }

  private static Picture load(StoredPicture picture) {
    String name = picture.name().substring(picture.name().lastIndexOf('/') + 1);
    BufferedImage image;
    try {
      image = image(PictureDecoder.decode(picture));
    } catch (Failure e) {
      return new Picture("", e.getMessage(), 0, 0);
    }
    BufferedImage small = scaled(image);
    String format = name.toLowerCase(Locale.ROOT).matches(".*\\.jpe?g") ? "jpeg" : "png";
    return new Picture(
        "data:image/"
            + format
            + ";base64,"
            + Base64.getEncoder().encodeToString(bytes(small, format)),
        "picture " + name,
        small.getWidth(),
        small.getHeight());
  }

  private static BufferedImage image(io.litoperator.worker.data.image.Picture picture) {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < bgr.length; i += 3) {
      bgr[i] = picture.rgb()[i + 2];
      bgr[i + 1] = picture.rgb()[i + 1];
      bgr[i + 2] = picture.rgb()[i];
    }
    return image;
  }

  private static BufferedImage scaled(BufferedImage image) {
    double scale =
        Math.min(1, (double) LONGEST_SIDE / Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    try {
      Image drawn =
          scale < 1 ? image.getScaledInstance(width, height, Image.SCALE_AREA_AVERAGING) : image;
      graphics.drawImage(drawn, 0, 0, Color.WHITE, null);
    } finally {
      graphics.dispose();
    }
    return small;
  }

  private static byte[] bytes(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer of " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
