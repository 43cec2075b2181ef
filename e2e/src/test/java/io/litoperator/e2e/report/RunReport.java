package io.litoperator.e2e.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run of the scenarios measured, as Markdown. */
public final class RunReport {
  private final List<PhaseChange> phases = new ArrayList<>();
  private final List<Recovery> recoveries = new ArrayList<>();
  private final List<String> measurements = new ArrayList<>();

  private record PhaseChange(String job, String phase, Duration sinceApply) {}

  private record Recovery(String fault, String moment, Duration toNextStep, String target) {}

  /** A job entered a phase. */
  public synchronized void phase(String job, String phase, Instant applied, Instant now) {
    phases.add(new PhaseChange(job, phase, Duration.between(applied, now)));
  }

  /**
   * A job went on after a fault. Printed at once too, for whoever watches a long run.
   *
   * @param moment of the job, as "in a save"
   * @param toNextStep from the fault to the end of the next optimizer step
   * @param target of that time; empty where there is none
   */
  public synchronized void recovery(
      String fault, String moment, Duration toNextStep, String target) {
    recoveries.add(new Recovery(fault, moment, toNextStep, target));
    System.out.printf(
        "%s %s: %s s to the next step %s%n", fault, moment, seconds(toNextStep), target);
  }

  /** Anything else worth reading, in one line. */
  public synchronized void measured(String line) {
    measurements.add(line);
  }

  /** Writes the report and prints it. */
  public synchronized void write(Path file) {
    StringBuilder text = new StringBuilder("# Cluster run\n");
    section(text, "Faults", "| fault | when | s to the next step | |\n|---|---|---:|---|\n");
    recoveries.forEach(
        each ->
            text.append(
                "| %s | %s | %s | %s |%n"
                    .formatted(
                        each.fault(), each.moment(), seconds(each.toNextStep()), each.target())));
    section(text, "Phases", "| job | phase | s since apply |\n|---|---|---:|\n");
    phases.forEach(
        each ->
            text.append(
                "| %s | %s | %s |%n"
                    .formatted(each.job(), each.phase(), seconds(each.sinceApply()))));
    section(text, "Measured", "");
    measurements.forEach(line -> text.append("- ").append(line).append('\n'));
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(text);
  }

  private static void section(StringBuilder text, String title, String head) {
    text.append("\n## ").append(title).append("\n\n").append(head);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }
}
