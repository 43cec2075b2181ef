package io.litoperator.worker.report;

import io.litoperator.worker.data.Inspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one or several runs went through, read from their events.
 *
 * @param runs one for each objective and seed, in the order in which they began
 */
public record RunHistory(List<Run> runs) {

  public RunHistory {
    runs = List.copyOf(runs);
  }

  /**
   * Folds the events of one run after the other. A run that goes on from a checkpoint continues the
   * one with the same objective and seed: its steps replace those that were lost.
   *
   * @throws io.litoperator.worker.failure.Failure BAD_DATA if an event belongs to no run
   */
  public static RunHistory of(List<Event> events) {
    RunFold fold = new RunFold();
    events.forEach(fold::add);
    return fold.history();
  }

  /**
   * As {@link #of}, of the events in a log, of which it keeps only what a history holds.
   *
   * @throws io.litoperator.worker.failure.Failure besides as of {@link EventLog#read(Path,
   *     java.util.function.Consumer)}
   */
  public static RunHistory read(Path log) {
    RunFold fold = new RunFold();
    EventLog.read(log, fold::add);
    return fold.history();
  }

  /**
   * Names of the objectives, in the order in which they began; last a pretraining that they share,
   * which goes by its stage's name. The place in this list is an objective's colour everywhere.
   */
  public List<String> objectives() {
    return Stream.concat(scores().keySet().stream(), runs.stream().map(Run::objective))
        .distinct()
        .toList();
  }

  /** The objectives that were trained for their own sake, and so have scores; all if none has. */
  public List<String> compared() {
    return scores().isEmpty() ? objectives() : List.copyOf(scores().keySet());
  }

  public List<Long> seeds() {
    return runs.stream().map(Run::seed).distinct().toList();
  }

  public List<Run> runsOf(String objective) {
    return runs.stream().filter(run -> run.objective().equals(objective)).toList();
  }

  /** Names of the stages of all runs, in the order in which they began. */
  public List<String> stages() {
    return runs.stream().flatMap(run -> run.stages().stream()).map(Stage::name).distinct().toList();
  }

  /**
   * By objective, each seed's scores. Of the runs that were evaluated; the pretraining that
   * objectives share is not among them.
   */
  public Map<String, List<Map<String, Double>>> scores() {
    Map<String, List<Map<String, Double>>> scores = new LinkedHashMap<>();
    for (Run run : runs.stream().filter(run -> !run.scores().isEmpty()).toList()) {
      scores.computeIfAbsent(run.objective(), name -> new ArrayList<>()).add(run.scores());
    }
    return scores;
  }

  public ScoreTable scoreTable() {
    return ScoreTable.of(scores());
  }

  /**
   * One objective with one seed.
   *
   * @param evaluations of the last stage's model, by rising step
   * @param wallSeconds of the process that finished it; absent while it has not finished
   */
  public record Run(
      Event.RunStarted start,
      List<Stage> stages,
      List<Restart> restarts,
      List<Event.CheckpointSaved> checkpoints,
      List<Inspection> inspections,
      List<Evaluation> evaluations,
      List<String> notices,
      OptionalDouble wallSeconds) {

    public String objective() {
      return start.objective();
    }

    public long seed() {
      return start.seed();
    }

    /** The last evaluation's, by {@code task.metric}; empty if there is none. */
    public Map<String, Double> scores() {
      return evaluations.isEmpty() ? Map.of() : evaluations.get(evaluations.size() - 1).scores();
    }

    /** The last evaluation's. */
    public List<Event.Answered> answers() {
      return evaluations.isEmpty() ? List.of() : evaluations.get(evaluations.size() - 1).answers();
    }

    public Optional<Stage> stage(String name) {
      return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
    }
  }

  /**
   * The model as it was scored after a step.
   *
   * @param scores by {@code task.metric}
   */
  public record Evaluation(long step, Map<String, Double> scores, List<Event.Answered> answers) {}

  /**
   * @param steps in order, each once
   */
  public record Stage(Event.StageStarted start, List<Event.Step> steps) {
    public String name() {
      return start.stage();
    }
  }

  /**
   * @param stage where it happened; absent if no stage had begun
   * @param step the last one that had ended then; 0 for none
   */
  public record Restart(Optional<String> stage, long step, Event.Restarted event) {}
}
