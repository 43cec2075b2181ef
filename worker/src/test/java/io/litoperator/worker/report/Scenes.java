package io.litoperator.worker.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures drawn for tests. */
public final class Scenes {
  private Scenes() {}

  /** A grey picture with framed discs on a grid of three by three. */
  public static Path draw(Path file, int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(118, 118, 118));
    graphics.fillRect(0, 0, side, side);
    Color[] frames = {new Color(225, 90, 90), new Color(100, 195, 100), new Color(235, 215, 95)};
    int cell = side / 3;
    graphics.setStroke(new BasicStroke(side / 32f));
    for (int i = 0; i < frames.length; i++) {
      int x = (i * 2 + file.getFileName().hashCode() & 3) % 3 * cell + cell / 10;
      int y = i * cell + cell / 10;
      graphics.setColor(frames[i]);
      graphics.drawRect(x, y, cell * 8 / 10, cell * 8 / 10);
      graphics.fillOval(x + cell / 5, y + cell / 5, cell / 2, cell / 2);
    }
    graphics.dispose();
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }
}
