package io.litoperator.worker.report.html;

import io.litoperator.worker.report.RunHistory;
import java.nio.file.Path;

/**
 * The report of one or several runs: one file that needs nothing else, for a browser, in light and
 * dark.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * Writes the report; pictures that the history names are read and embedded, and one that cannot
   * be read is named in its place.
   *
   * @throws io.litoperator.worker.failure.Failure STORAGE if the file cannot be written
   */
  public static void write(Path file, RunHistory history) {
    Templates.write(file, render(history));
  }

  static String render(RunHistory history) {
    Templates templates = new Templates();
    return templates.fill("report.html", ReportPage.of(history, new Pictures(), templates));
  }
}
