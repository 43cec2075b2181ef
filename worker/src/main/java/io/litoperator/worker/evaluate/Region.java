package io.litoperator.worker.evaluate;

import io.litoperator.worker.data.image.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/** A part of a picture that a question is about, drawn as RefCOCO's references draw it. */
public sealed interface Region {
  /** The picture with the region's outline, one pixel wide. */
  Picture drawnIn(Picture picture);

  /**
   * A box in red, as Pillow's {@code ImageDraw.rectangle}: corners are cut to whole pixels.
   *
   * @param x of the left edge, in pixels
   * @param y of the upper edge
   */
  record Box(double x, double y, double width, double height) implements Region {
    @Override
    public Picture drawnIn(Picture picture) {
      int left = (int) x;
      int top = (int) y;
      int right = (int) (x + width);
      int bottom = (int) (y + height);
      return draw(
          picture,
          Color.RED,
          List.of(
              new Line2D.Double(left, top, right, top),
              new Line2D.Double(left, bottom, right, bottom),
              new Line2D.Double(left, top, left, bottom),
              new Line2D.Double(right, top, right, bottom)));
    }
  }

  /**
   * A polygon in white, Pillow's default for {@code ImageDraw.polygon}.
   *
   * @param points x and y in turns, in pixels; at least two points
   */
  record Polygon(List<Double> points) implements Region {
    public Polygon {
      points = List.copyOf(points);
    }

    @Override
    public Picture drawnIn(Picture picture) {
      int count = points.size() / 2;
      return draw(
          picture,
          Color.WHITE,
          IntStream.range(0, count).mapToObj(i -> edge(i, (i + 1) % count)).toList());
    }

    private Line2D.Double edge(int from, int to) {
      return new Line2D.Double(
          points.get(2 * from).intValue(),
          points.get(2 * from + 1).intValue(),
          points.get(2 * to).intValue(),
          points.get(2 * to + 1).intValue());
    }
  }

  private static Picture draw(Picture picture, Color colour, List<Line2D.Double> lines) {
    BufferedImage canvas =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] rgb = picture.rgb();
    int at = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++, at += 3) {
        canvas.setRGB(
            x, y, (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff);
      }
    }
    Graphics2D graphics = canvas.createGraphics();
    graphics.setColor(colour);
    lines.forEach(
        line -> graphics.drawLine((int) line.x1, (int) line.y1, (int) line.x2, (int) line.y2));
    graphics.dispose();
    byte[] drawn = new byte[rgb.length];
    at = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int pixel = canvas.getRGB(x, y);
        drawn[at++] = (byte) (pixel >> 16);
        drawn[at++] = (byte) (pixel >> 8);
        drawn[at++] = (byte) pixel;
      }
    }
    return new Picture(picture.width(), picture.height(), drawn);
  }
}
