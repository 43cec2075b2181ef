package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.RunHistory.Restart;
import io.litoperator.worker.report.RunHistory.Run;
import io.litoperator.worker.report.TimeShares;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** For each stage, charts with a curve for each objective. */
record TrainingSection(
    List<Key> objectives, boolean anyRestart, List<StageCharts> stages, String note) {
  private static final int MOST_POINTS = 120;

  record Key(String name, int style) {}

  /**
   * @param time where it went, by objective
   */
  record StageCharts(String name, String size, String time, List<Chart> charts) {}

  /** A quantity of every step; null where a step has none. */
  private record Quantity(String title, Function<Event.Step, Double> value) {}

  private static final List<Quantity> QUANTITIES =
      List.of(
          new Quantity("Loss of answers", TrainingSection::answerLoss),
          new Quantity("Loss of instructions", Event.Step::instructionLoss),
          new Quantity("Learning rate", Event.Step::learningRate),
          new Quantity("Gradient norm", Event.Step::gradientNorm),
          new Quantity("Samples per second", Event.Step::samplesPerSecond));

  static Optional<TrainingSection> of(RunHistory history) {
    List<StageCharts> stages =
        history.stages().stream()
            .map(stage -> stage(history, stage))
            .filter(charts -> !charts.charts().isEmpty())
            .toList();
    if (stages.isEmpty()) {
      return Optional.empty();
    }
    List<String> objectives = history.objectives();
    return Optional.of(
        new TrainingSection(
            IntStream.range(0, objectives.size())
                .mapToObj(i -> new Key(objectives.get(i), i))
                .toList(),
            history.runs().stream().anyMatch(run -> !run.restarts().isEmpty()),
            stages,
            note(history)));
  }

  /** Where nothing but answers is supervised, their loss is the whole loss. */
  private static Double answerLoss(Event.Step step) {
    boolean whole = step.responseLoss() == null && step.instructionLoss() == null;
    return whole ? (Double) step.loss() : step.responseLoss();
  }

  private static StageCharts stage(RunHistory history, String stage) {
    List<Chart> charts = new ArrayList<>();
    for (Quantity quantity : QUANTITIES) {
      List<Curve> curves = curves(history, stage, quantity);
      if (!curves.isEmpty()) {
        charts.add(chart(history, stage, quantity.title(), curves));
      }
    }
    String size =
        history.runs().stream()
            .flatMap(run -> run.stage(stage).stream())
            .map(RunHistory.Stage::start)
            .map(
                start ->
                    String.format(
                        "%s steps, %s samples, %s trainable parameters",
                        Numbers.count(start.totalSteps()),
                        Numbers.count(start.samples()),
                        Numbers.shortCount(start.trainableParameters())))
            .distinct()
            .collect(Collectors.joining(" or "));
    return new StageCharts(stage, size, time(history, stage), charts);
  }

  private static String time(RunHistory history, String stage) {
    return history.objectives().stream()
        .filter(objective -> ran(history, objective, stage))
        .map(objective -> objective + ": " + shares(history, objective, stage))
        .collect(Collectors.joining("; "));
  }

  private static String shares(RunHistory history, String objective, String stage) {
    TimeShares shares = new TimeShares();
    history.runsOf(objective).stream()
        .flatMap(run -> run.stage(stage).stream())
        .flatMap(s -> s.steps().stream())
        .forEach(step -> shares.add(step.times()));
    return shares.isEmpty() ? "no step" : shares.text();
  }

  private static List<Curve> curves(RunHistory history, String stage, Quantity quantity) {
    long width = pointWidth(history, stage);
    List<String> objectives = history.objectives();
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < objectives.size(); i++) {
      List<List<Event.Step>> seeds =
          history.runsOf(objectives.get(i)).stream()
              .flatMap(run -> run.stage(stage).stream())
              .map(RunHistory.Stage::steps)
              .toList();
      curves.add(Curve.of(objectives.get(i), i, seeds, width, quantity.value()));
    }
    curves.removeIf(curve -> curve.points().isEmpty());
    return curves;
  }

  private static Chart chart(RunHistory history, String stage, String title, List<Curve> curves) {
    List<String> shown = curves.stream().map(Curve::name).toList();
    String missing =
        history.objectives().stream()
            .filter(objective -> !shown.contains(objective))
            .filter(objective -> ran(history, objective, stage))
            .collect(Collectors.joining(", "));
    return Chart.of(
        missing.isEmpty() ? "" : "none under " + missing,
        new LineChart(title, curves, marks(history, stage)));
  }

  private static boolean ran(RunHistory history, String objective, String stage) {
    return history.runsOf(objective).stream().anyMatch(run -> run.stage(stage).isPresent());
  }

  private static List<LineChart.Mark> marks(RunHistory history, String stage) {
    List<LineChart.Mark> marks = new ArrayList<>();
    for (Run run : history.runs()) {
      for (Restart restart : run.restarts()) {
        if (restart.stage().filter(stage::equals).isPresent()) {
          marks.add(
              new LineChart.Mark(
                  restart.step(), RunLog.name(run) + ": " + RunLog.describe(restart)));
        }
      }
    }
    return marks;
  }

  private static long pointWidth(RunHistory history, String stage) {
    long last =
        history.runs().stream()
            .flatMap(run -> run.stage(stage).stream())
            .flatMap(s -> s.steps().stream())
            .mapToLong(Event.Step::step)
            .max()
            .orElse(1);
    return (last + MOST_POINTS - 1) / MOST_POINTS;
  }

  private static String note(RunHistory history) {
    String widths =
        history.stages().stream()
            .map(stage -> pointWidth(history, stage) + " in " + stage)
            .collect(Collectors.joining(", "));
    return "Horizontal axes count optimizer steps; steps per point: "
        + widths
        + ". Lines are means, bands reach from the lowest to the highest step"
        + (history.seeds().size() > 1 ? " of all seeds" : "")
        + "; what is above an axis is cut. Losses are means over the supervised tokens of each kind.";
  }
}
