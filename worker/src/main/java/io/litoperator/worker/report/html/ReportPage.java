package io.litoperator.worker.report.html;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.RunHistory.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code report.html} shows; a section without content is absent. */
record ReportPage(
    String title,
    String css,
    String script,
    String job,
    List<Fact> facts,
    Optional<ScoreSection> scores,
    Optional<TrainingSection> training,
    Optional<AnswerSection> answers,
    Optional<MaskSection> masks,
    List<RunLog> runs) {

  record Fact(String name, String value) {}

  static ReportPage of(RunHistory history, Pictures pictures, Templates templates) {
    String job = distinct(history, run -> run.start().job());
    List<Inspection> inspections =
        history.runs().stream().flatMap(run -> run.inspections().stream()).toList();
    return new ReportPage(
        job + " – training report",
        templates.text("report.css"),
        templates.text("report.js"),
        job,
        facts(history),
        ScoreSection.of(history),
        TrainingSection.of(history),
        AnswerSection.of(history, pictures),
        Optional.of(MaskSection.of(inspections, pictures)).filter(MaskSection::any),
        history.runs().stream().map(run -> RunLog.of(history, run)).toList());
  }

  private static List<Fact> facts(RunHistory history) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("objectives", String.join(", ", history.compared())));
    facts.add(new Fact("seeds", distinct(history, run -> Long.toString(run.seed()))));
    if (history.compared().size() > 1) {
      facts.add(new Fact("compared", compared(history)));
    }
    facts.add(
        new Fact(
            "parameters", distinct(history, run -> Numbers.shortCount(run.start().parameters()))));
    facts.add(
        new Fact("ranks", distinct(history, run -> Integer.toString(run.start().worldSize()))));
    wallSeconds(history)
        .ifPresent(seconds -> facts.add(new Fact("time of all runs", Numbers.duration(seconds))));
    return facts;
  }

  /** What the runs share, as far as their events tell. */
  private static String compared(RunHistory history) {
    Function<String, Set<Long>> seeds =
        objective -> history.runsOf(objective).stream().map(Run::seed).collect(Collectors.toSet());
    boolean sameSeeds = history.compared().stream().map(seeds).distinct().count() == 1;
    boolean sameSteps =
        history.stages().stream()
            .allMatch(
                stage ->
                    stagesOf(history, stage).map(s -> s.start().totalSteps()).distinct().count()
                        == 1);
    return (sameSeeds ? "same seeds" : "different seeds")
        + ", "
        + (sameSteps ? "same steps" : "different steps");
  }

  private static Stream<RunHistory.Stage> stagesOf(RunHistory history, String stage) {
    return history.runs().stream().flatMap(run -> run.stage(stage).stream());
  }

  private static Optional<Double> wallSeconds(RunHistory history) {
    return history.runs().stream()
        .map(Run::wallSeconds)
        .filter(OptionalDouble::isPresent)
        .map(OptionalDouble::getAsDouble)
        .reduce(Double::sum);
  }

  private static String distinct(RunHistory history, Function<Run, String> value) {
    return history.runs().stream()
        .map(value)
        .filter(Objects::nonNull)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
