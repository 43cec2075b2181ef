package io.litoperator.worker.report.html;

import io.litoperator.worker.data.Inspection;
import java.nio.file.Path;
import java.util.List;

/** Samples as they are trained on, with their pictures, in one file for a browser. */
public record InspectPage(
    String title, String css, List<FateKey> fates, List<MaskSection.Mask> masks) {

  /**
   * Inspections of the same sample stand together, one for each objective.
   *
   * @throws io.litoperator.worker.failure.Failure STORAGE if the file cannot be written
   */
  public static void write(Path file, String title, List<Inspection> inspections) {
    Templates.write(file, render(title, inspections));
  }

  static String render(String title, List<Inspection> inspections) {
    Templates templates = new Templates();
    MaskSection masks = MaskSection.of(inspections, new Pictures());
    return templates.fill(
        "inspect.html",
        new InspectPage(title, templates.text("report.css"), masks.fates(), masks.masks()));
  }
}
