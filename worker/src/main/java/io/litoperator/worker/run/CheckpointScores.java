package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.KeptCheckpoint;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Metric;
import io.litoperator.worker.run.EvaluationScores.Score;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The scores of a job's checkpoints, by which they are compared: of each, the main metric of the
 * plan's first task, from {@code predictions/<stage>-<step>/scores.json}. Higher is better, but for
 * the metrics of which {@link Metric} says otherwise; of equal ones the newest is. What others have
 * delivered is asked for once: nobody else evaluates while this is in use. Safe for use by several
 * threads.
 */
final class CheckpointScores {
  private final Path predictions;
  private final CheckpointStore store;
  private final Optional<String> task;
  private final Map<CheckpointId, Optional<EvaluationScores>> delivered = new ConcurrentHashMap<>();

  /**
   * @param predictions with a folder for each checkpoint
   * @param task the first one's name; absent if there is none
   */
  CheckpointScores(Path predictions, CheckpointStore store, Optional<String> task) {
    this.predictions = predictions;
    this.store = store;
    this.task = task;
  }

  static CheckpointScores of(RunPlan plan, CheckpointStore store) {
    return new CheckpointScores(
        Runs.predictions(plan),
        store,
        plan.evaluation().tasks().stream().map(first -> first.name()).findFirst());
  }

  CheckpointStore store() {
    return store;
  }

  Path folder(CheckpointId id) {
    return predictions.resolve(id.toString());
  }

  /**
   * What was evaluated of this very checkpoint; empty if nothing was, or of another by its name.
   */
  Optional<EvaluationScores> read(KeptCheckpoint checkpoint) {
    return EvaluationScores.read(folder(checkpoint.id()))
        .or(() -> delivered.computeIfAbsent(checkpoint.id(), this::delivered))
        .filter(scores -> checkpoint.digest().equals(scores.digest()));
  }

  private Optional<EvaluationScores> delivered(CheckpointId id) {
    return store.files().read(name(id) + "/" + EvaluationScores.FILE).map(EvaluationScores::of);
  }

  /** Lets other machines see what was evaluated of a checkpoint. */
  void deliver(CheckpointId id) {
    store.files().deliver(folder(id), name(id));
  }

  private static String name(CheckpointId id) {
    return "predictions/" + id;
  }

  /** Of checkpoints that are there, the oldest first. */
  Map<CheckpointId, Score> all(List<KeptCheckpoint> complete) {
    Map<CheckpointId, Score> scores = new TreeMap<>();
    if (task.isPresent()) {
      for (KeptCheckpoint checkpoint : complete) {
        read(checkpoint).flatMap(this::main).ifPresent(s -> scores.put(checkpoint.id(), s));
      }
    }
    return scores;
  }

  /** The score that counts; empty if it is not there or no number. */
  Optional<Score> main(EvaluationScores scores) {
    return task.flatMap(name -> scores.of(name).stream().findFirst())
        .filter(score -> Double.isFinite(score.score()));
  }

  Optional<CheckpointId> best(List<KeptCheckpoint> complete) {
    return all(complete).entrySet().stream()
        .max(
            Comparator.<Map.Entry<CheckpointId, Score>>comparingDouble(e -> goodness(e.getValue()))
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey);
  }

  private static double goodness(Score score) {
    Metric metric = Metric.of(score.task() + "." + score.metric());
    return metric.better() == Metric.Better.LOWER ? -score.score() : score.score();
  }
}
