package io.litoperator.worker.report.html;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.report.Numbers;
import java.util.List;

/**
 * A chart as the page shows it.
 *
 * @param note a few words beside the title; may be empty
 * @param data of the script that shows values under the pointer, as JSON
 */
record Chart(String title, String note, String svg, String data) {

  private record Data(int left, int right, long from, long to, List<Series> series) {}

  private record Series(String name, List<Long> steps, List<String> labels) {}

  static Chart of(String note, LineChart chart) {
    return new Chart(chart.title(), note, chart.svg(), data(chart));
  }

  private static String data(LineChart chart) {
    List<Series> series = chart.curves().stream().map(Chart::series).toList();
    try {
      return new JsonMapper()
          .writeValueAsString(
              new Data(
                  LineChart.LEFT, LineChart.RIGHT, chart.firstStep(), chart.lastStep(), series));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Series series(Curve curve) {
    return new Series(
        curve.name(),
        curve.points().stream().map(Curve.Point::step).toList(),
        curve.points().stream().map(Chart::label).toList());
  }

  private static String label(Curve.Point point) {
    String mean = Numbers.measure(point.mean());
    return point.low() == point.high()
        ? mean
        : mean + "  (" + Numbers.measure(point.low()) + " – " + Numbers.measure(point.high()) + ")";
  }
}
