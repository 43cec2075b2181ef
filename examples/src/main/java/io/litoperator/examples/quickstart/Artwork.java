package io.litoperator.examples.quickstart;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;

/** Reads Noto emoji from the sheets of {@code com.vanniktech:emoji-google-android}. */
final class Artwork {
  private static final String SHEET = "res/drawable-nodpi-v4/emoji_google_sheet_%d.png";
  private static final int CELL = 66;

  private Artwork() {}

  /**
   * @param archive the AAR
   * @return each object's sprite by name
   */
  static Map<String, Sprite> read(Path archive, List<Emoji> objects) throws IOException {
    Map<String, Sprite> sprites = new HashMap<>();
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (Emoji emoji : objects) {
        BufferedImage sheet = sheet(zip, emoji.sheet());
        sprites.put(emoji.name(), Sprite.of(sheet.getSubimage(0, CELL * emoji.row(), CELL, CELL)));
      }
    }
    return sprites;
  }

  private static BufferedImage sheet(ZipFile zip, int number) throws IOException {
    String name = SHEET.formatted(number);
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(zip.getName() + " has no " + name);
    }
    try (InputStream content = zip.getInputStream(entry)) {
      return ImageIO.read(content);
    }
  }
}
