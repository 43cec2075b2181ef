package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.KeptCheckpoint;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.run.EvaluationScores.Score;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Has all tasks score a job's model at one of its checkpoints, which is on disk. What is done is
 * kept beside the checkpoints and belongs to that checkpoint alone, so that a run that dies here
 * goes on with what is left.
 */
final class CheckpointEvaluation {
  private final RankVoice voice;
  private final RunPlan plan;
  private final ModelSources sources;
  private final VisionLanguageModel model;
  private final Collective ranks;
  private final CheckpointScores scores;

  CheckpointEvaluation(
      RankVoice voice, ModelSources sources, VisionLanguageModel model, CheckpointScores scores) {
    this.voice = voice;
    plan = voice.plan();
    ranks = voice.ranks();
    this.sources = sources;
    this.model = model;
    this.scores = scores;
  }

  /**
   * Does the tasks that are not done. Every rank calls it.
   *
   * @param id of the checkpoint whose parameters the model has, with its adapters folded
   * @return whether it came to the end
   */
  boolean run(CheckpointId id, BooleanSupplier stopRequested) {
    if (plan.evaluation().tasks().isEmpty()) {
      return true;
    }
    Optional<Record> record = ranks.rank() == 0 ? Optional.of(begin(id)) : Optional.empty();
    Set<String> done = done(record);
    List<Task> left =
        plan.evaluation().tasks().stream().filter(task -> !done.contains(task.name())).toList();
    boolean finished =
        left.isEmpty()
            || new TaskRun(
                    voice,
                    sources,
                    model,
                    scores.folder(id),
                    more -> record.orElseThrow().enter(more))
                .run(left, stopRequested);
    if (finished) {
      record.ifPresent(Record::finish);
    }
    return finished;
  }

  private Record begin(CheckpointId id) {
    KeptCheckpoint checkpoint =
        scores
            .store()
            .complete(id)
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.STORAGE,
                        "Checkpoint %s is not there to be evaluated, though it was saved."
                            .formatted(scores.store().name(id))));
    Record record = new Record(checkpoint);
    record.begin();
    return record;
  }

  /** Rank 0's word, since others may see its files later. */
  private Set<String> done(Optional<Record> record) {
    String mine = record.map(Record::done).orElse("");
    byte[] words = ranks.allGather(mine.getBytes(StandardCharsets.UTF_8))[0];
    return Set.copyOf(Arrays.asList(new String(words, StandardCharsets.UTF_8).split("\n")));
  }

  /** Rank 0's of one checkpoint. */
  private final class Record {
    private final KeptCheckpoint checkpoint;
    private EvaluationScores known;

    Record(KeptCheckpoint checkpoint) {
      this.checkpoint = checkpoint;
    }

    /** Goes on with what was done of this checkpoint; what is of another one goes. */
    void begin() {
      Optional<EvaluationScores> before = scores.read(checkpoint);
      if (before.isEmpty()) {
        OutputFolder.remove(scores.folder(checkpoint.id()));
      }
      known =
          before.orElseGet(
              () -> new EvaluationScores(checkpoint.name(), checkpoint.digest(), List.of()));
      known.write(scores.folder(checkpoint.id()));
      // Whoever watches may have died before it heard of them.
      known.scores().forEach(this::tell);
    }

    /** Tasks, one a line. */
    String done() {
      return known.scores().stream().map(Score::task).distinct().collect(Collectors.joining("\n"));
    }

    void enter(List<Score> more) {
      known = known.with(more);
      known.write(scores.folder(checkpoint.id()));
      more.forEach(this::tell);
    }

    void finish() {
      CheckpointId id = checkpoint.id();
      scores.deliver(id);
      boolean best = scores.best(scores.store().complete()).filter(id::equals).isPresent();
      scores
          .main(known)
          .ifPresent(
              main ->
                  voice.tell(
                      new Event.CheckpointScored(
                          id.stage().label(),
                          id.step(),
                          main.task(),
                          main.metric(),
                          main.score(),
                          best)));
    }

    private void tell(Score score) {
      voice.tell(score.event(checkpoint.id().step()));
    }
  }
}
