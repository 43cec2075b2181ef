package io.litoperator.worker.report.html;

import com.samskivert.mustache.Escapers;
import io.litoperator.worker.report.Numbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Curves over steps as SVG: a line for the means, a band from the lowest to the highest value. The
 * vertical axis holds zero and every mean; bands beyond its ends are cut.
 *
 * @param curves at least one, each with at least one point
 */
record LineChart(String title, List<Curve> curves, List<Mark> marks) {
  private static final int WIDTH = 360;
  private static final int HEIGHT = 200;
  static final int LEFT = 46;
  static final int RIGHT = WIDTH - 8;
  private static final int TOP = 12;
  private static final int BOTTOM = HEIGHT - 24;

  /** An event at a step. */
  record Mark(long step, String text) {}

  long firstStep() {
    return curves.stream().mapToLong(curve -> curve.points().get(0).step()).min().orElseThrow();
  }

  long lastStep() {
    return curves.stream()
        .mapToLong(curve -> curve.points().get(curve.points().size() - 1).step())
        .max()
        .orElseThrow();
  }

  String svg() {
    DoubleSummaryStatistics means = means();
    Ticks vertical = Ticks.between(Math.min(0, means.getMin()), Math.max(0, means.getMax()), 5);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" tabindex=\"0\" aria-label=\"%s\">",
            WIDTH, HEIGHT, Escapers.HTML.escape(description())));
    axes(svg, vertical);
    // An inner picture with the same coordinates, because it clips without needing an id.
    svg.append(
        String.format(
            "<svg x=\"%1$d\" y=\"%2$d\" width=\"%3$d\" height=\"%4$d\" viewBox=\"%1$d %2$d %3$d %4$d\">",
            LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP));
    for (Curve curve : curves) {
      svg.append(String.format("<g class=\"s%d\">", curve.style()));
      svg.append("<path class=\"band\" d=\"").append(band(curve, vertical)).append("\"/>");
      svg.append("<path class=\"curve\" d=\"").append(line(curve, vertical)).append("\"/></g>");
    }
    svg.append("</svg>");
    marks.forEach(mark -> svg.append(flag(mark)));
    return svg.append(
            String.format("<line class=\"cursor\" y1=\"%d\" y2=\"%d\"/></svg>", TOP, BOTTOM))
        .toString();
  }

  /** What a reader who does not see the chart is told. */
  String description() {
    return curves.stream()
        .map(
            curve -> {
              List<Curve.Point> points = curve.points();
              return String.format(
                  "%s from %s to %s",
                  curve.name(),
                  Numbers.measure(points.get(0).mean()),
                  Numbers.measure(points.get(points.size() - 1).mean()));
            })
        .collect(
            Collectors.joining(
                "; ", title + ", steps " + firstStep() + " to " + lastStep() + ": ", "."));
  }

  private DoubleSummaryStatistics means() {
    return curves.stream()
        .flatMap(curve -> curve.points().stream())
        .mapToDouble(Curve.Point::mean)
        .summaryStatistics();
  }

  private void axes(StringBuilder svg, Ticks vertical) {
    for (double value : vertical.values()) {
      double y = y(value, vertical);
      svg.append(
          format(
              "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              value == 0 ? "axis" : "gridline",
              LEFT,
              RIGHT,
              y,
              y,
              LEFT - 6,
              y + 3.8,
              vertical.label(value)));
    }
    Ticks horizontal = Ticks.between(0, lastStep(), 5);
    for (double value : horizontal.values()) {
      if (value >= firstStep() && value <= lastStep()) {
        svg.append(
            format(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                Math.min(x((long) value), RIGHT - 8), HEIGHT - 7, horizontal.label(value)));
      }
    }
  }

  private String line(Curve curve, Ticks vertical) {
    return "M" + points(curve.points(), Curve.Point::mean, vertical);
  }

  private String band(Curve curve, Ticks vertical) {
    List<Curve.Point> back = new ArrayList<>(curve.points());
    Collections.reverse(back);
    return "M"
        + points(curve.points(), Curve.Point::high, vertical)
        + "L"
        + points(back, Curve.Point::low, vertical)
        + "Z";
  }

  private String points(
      List<Curve.Point> points, ToDoubleFunction<Curve.Point> value, Ticks vertical) {
    return points.stream()
        .map(point -> format("%.1f %.1f", x(point.step()), y(value.applyAsDouble(point), vertical)))
        .collect(Collectors.joining("L"));
  }

  private String flag(Mark mark) {
    double x = x(Math.max(firstStep(), Math.min(lastStep(), mark.step())));
    return format(
        "<g class=\"restart\"><title>%s</title><path d=\"M%.1f %dV%d\"/>"
            + "<path class=\"flag\" d=\"M%.1f %dl4 -6h-8z\"/></g>",
        Escapers.HTML.escape(mark.text()), x, TOP, BOTTOM, x, TOP);
  }

  private double x(long step) {
    long span = Math.max(1, lastStep() - firstStep());
    return LEFT + (double) (step - firstStep()) / span * (RIGHT - LEFT);
  }

  private static double y(double value, Ticks vertical) {
    double share = (value - vertical.low()) / (vertical.high() - vertical.low());
    return BOTTOM - share * (BOTTOM - TOP);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
