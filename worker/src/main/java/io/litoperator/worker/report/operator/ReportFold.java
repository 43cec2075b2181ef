package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.RankFailure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Gathers what happens into what is reported. Pure: the same happenings give the same state. */
record ReportFold(ReportedJob job) {
  private static final String FIRST_STAGE = "pretrain";

  private JobProgress progress() {
    return new JobProgress(job);
  }

  GangState after(GangState state, Event event, Instant at) {
    if (event instanceof Event.StageStarted started) {
      GangState begun = state.withProgress(progress().begun(started));
      return isStopping(state) ? begun : begun.withActivity(training(started.stage()));
    } else if (event instanceof Event.Step step) {
      return trainsAgain(state.withProgress(progress().at(step, at)));
    } else if (event instanceof Event.CheckpointSaved saved) {
      return state.withCheckpoints(with(state, saved, at), state.bestCheckpoint());
    } else if (event instanceof Event.EvaluationProgress) {
      return evaluating(state);
    } else if (event instanceof Event.Scored scored && Double.isFinite(scored.score())) {
      Evaluation evaluation =
          new Evaluation(
              scored.task(),
              scored.metric(),
              Reporter.decimal(scored.score()),
              scored.samples(),
              scored.scorer(),
              scored.step(),
              time(at));
      return evaluating(state).withEvaluations(with(state.evaluations(), evaluation));
    } else if (event instanceof Event.CheckpointScored scored && Double.isFinite(scored.score())) {
      return scored(state, scored);
    }
    return state;
  }

  GangState after(GangState state, GangEvent event, Instant at) {
    if (event instanceof GangEvent.Gathered gathered) {
      return state.withNodes(gathered.nodes()).withActivity(Activity.WAITING);
    } else if (event instanceof GangEvent.AttemptStarted started) {
      return state.withAttempt(
          started.attempt(), progress().resumed(state.progress(), started.resume()));
    } else if (event instanceof GangEvent.Stopping) {
      return state.withActivity(Activity.STOPPING);
    } else if (event instanceof GangEvent.Failed failed) {
      return state.withFailure(
          lastFailure(failed.failure(), at),
          failed.restarts() ? counted(state.restarts(), failed.failure()) : state.restarts());
    }
    return state;
  }

  /** All is over. */
  GangState ended(GangState state, ExitCode code) {
    return switch (code) {
      case DONE ->
          (state.progress() == null
                  ? state
                  : state.withProgress(JobProgress.done(state.progress())))
              .withActivity(Activity.DONE);
      case INTERRUPTED -> state.withActivity(Activity.STOPPED);
      default -> state;
    };
  }

  private static GangState evaluating(GangState state) {
    return isStopping(state) ? state : state.withActivity(Activity.EVALUATING);
  }

  /** After an evaluation at a checkpoint. */
  private static GangState trainsAgain(GangState state) {
    return state.activity() == Activity.EVALUATING
        ? state.withActivity(training(state.progress().stage()))
        : state;
  }

  private static GangState scored(GangState state, Event.CheckpointScored scored) {
    List<SavedCheckpoint> checkpoints =
        state.checkpoints().stream()
            .map(
                c ->
                    c.stage().equals(scored.stage()) && c.step().equals(scored.step())
                        ? withScore(c, scored.score())
                        : c)
            .toList();
    String best = scored.best() ? scored.stage() + "-" + scored.step() : state.bestCheckpoint();
    return state.withCheckpoints(checkpoints, best);
  }

  static SavedCheckpoint withScore(SavedCheckpoint c, double score) {
    return new SavedCheckpoint(
        c.stage(),
        c.step(),
        c.uri(),
        c.sizeBytes(),
        c.digest(),
        c.savedAt(),
        Reporter.decimal(score));
  }

  private static boolean isStopping(GangState state) {
    return state.activity() == Activity.STOPPING;
  }

  private static Activity training(String stage) {
    return stage.equals(FIRST_STAGE) ? Activity.PRETRAINING : Activity.FINETUNING;
  }

  /** The newest that are kept, and the best. */
  private List<SavedCheckpoint> with(GangState state, Event.CheckpointSaved saved, Instant at) {
    SavedCheckpoint added =
        new SavedCheckpoint(
            saved.stage(),
            saved.step(),
            job.places().apply(saved.uri()),
            saved.sizeBytes(),
            saved.digest(),
            time(at),
            null);
    Predicate<SavedCheckpoint> same =
        c -> c.stage().equals(added.stage()) && c.step().equals(added.step());
    List<SavedCheckpoint> all =
        Stream.concat(state.checkpoints().stream().filter(same.negate()), Stream.of(added))
            .toList();
    int older = all.size() - Math.min(ProgressReport.MAX_CHECKPOINTS - 1, job.keptCheckpoints());
    return IntStream.range(0, all.size())
        .filter(i -> i >= older || name(all.get(i)).equals(state.bestCheckpoint()))
        .mapToObj(all::get)
        .toList();
  }

  private static String name(SavedCheckpoint checkpoint) {
    return checkpoint.stage() + "-" + checkpoint.step();
  }

  private static List<Evaluation> with(List<Evaluation> evaluations, Evaluation added) {
    Predicate<Evaluation> same =
        e ->
            e.task().equals(added.task())
                && e.metric().equals(added.metric())
                && e.checkpointStep().equals(added.checkpointStep());
    List<Evaluation> all =
        Stream.concat(evaluations.stream().filter(same.negate()), Stream.of(added)).toList();
    return all.subList(Math.max(0, all.size() - ProgressReport.MAX_EVALUATIONS), all.size());
  }

  private static Map<String, Integer> counted(Map<String, Integer> before, RankFailure failure) {
    Map<String, Integer> counts = new HashMap<>(before);
    counts.merge(failure.reason().label(), 1, Integer::sum);
    return counts;
  }

  static LastFailure lastFailure(RankFailure failure, Instant at) {
    return new LastFailure(
        failure.reason().label(),
        failure.message(),
        failure.exitCode(),
        failure.rank(),
        failure.node(),
        failure.evidence(),
        time(at));
  }

  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
