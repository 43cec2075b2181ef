package io.litoperator.e2e.report;

import static java.util.stream.Collectors.joining;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run of the scenarios measured, as Markdown. */
public final class RunReport {
  private final String cluster;
  private final List<Scenario> scenarios = new ArrayList<>();
  private final List<Recovery> recoveries = new ArrayList<>();
  private final Map<String, List<PhaseChange>> jobs = new LinkedHashMap<>();

  /**
   * @param cluster what it all ran on, in one sentence
   */
  public RunReport(String cluster) {
    this.cluster = cluster;
  }

  private record Scenario(String name, Duration duration) {}

  private record Recovery(String fault, String moment, Duration toNextStep, String target) {}

  private record PhaseChange(Phase phase, Duration sinceApply) {
    @Override
    public String toString() {
      String name = phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
      return name + " " + seconds(sinceApply);
    }
  }

  /** A scenario is over. */
  public synchronized void scenario(String name, Duration duration) {
    scenarios.add(new Scenario(name, duration));
  }

  /** A job entered a phase. */
  public synchronized void phase(String job, Phase phase, Duration sinceApply) {
    jobs.computeIfAbsent(job, name -> new ArrayList<>()).add(new PhaseChange(phase, sinceApply));
  }

  /**
   * A job went on after a fault. Printed at once too, for whoever watches a long run.
   *
   * @param moment of the job, as "in a save"
   * @param toNextStep from the fault to the end of the next optimizer step
   * @param target of that time, in seconds; empty where there is none
   */
  public synchronized void recovery(
      String fault, String moment, Duration toNextStep, String target) {
    recoveries.add(new Recovery(fault, moment, toNextStep, target));
    System.out.printf(
        "%s %s: next step after %s s%s%n",
        fault, moment, seconds(toNextStep), target.isEmpty() ? "" : " (target " + target + " s)");
  }

  /** Writes the report and prints it. */
  public synchronized void write(Path file) {
    StringBuilder text = new StringBuilder("# Cluster run\n\n").append(cluster).append('\n');
    section(text, "Scenarios", "| scenario | s |\n|---|---:|");
    scenarios.forEach(each -> row(text, each.name(), seconds(each.duration())));
    section(text, "Faults", "| fault | when | s to the next step | target |\n|---|---|---:|---:|");
    recoveries.forEach(
        each -> row(text, each.fault(), each.moment(), seconds(each.toNextStep()), each.target()));
    section(
        text, "Jobs", "| job | phases, with seconds from apply to their beginning |\n|---|---|");
    jobs.forEach(
        (job, phases) ->
            row(text, job, phases.stream().map(PhaseChange::toString).collect(joining(", "))));
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(text);
  }

  private static void section(StringBuilder text, String title, String head) {
    text.append("\n## ").append(title).append("\n\n").append(head).append('\n');
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
  }
}
