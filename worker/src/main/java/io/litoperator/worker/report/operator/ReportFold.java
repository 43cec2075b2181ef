package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.RankFailure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Gathers what happens into what is reported. Pure: the same happenings give the same state. */
record ReportFold(ReportedJob job) {
  private static final int MAX_EVALUATIONS = 100;
  private static final String FIRST_STAGE = "pretrain";

  GangState after(GangState state, Event event, Instant at) {
    if (event instanceof Event.StageStarted started) {
      GangState begun = state.withProgress(begun(started));
      return isStopping(state) ? begun : begun.withActivity(training(started.stage()));
    } else if (event instanceof Event.Step step) {
      return trainsAgain(state.withProgress(progress(step, at)));
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
      return state.withAttempt(started.attempt(), resumed(state, started.resume()));
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
      case DONE -> withAllDone(state).withActivity(Activity.DONE);
      case INTERRUPTED -> state.withActivity(Activity.STOPPED);
      default -> state;
    };
  }

  private static GangState withAllDone(GangState state) {
    Progress p = state.progress();
    if (p == null) {
      return state;
    }
    return state.withProgress(
        new Progress(
            p.stage(),
            p.totalSteps() == null ? p.step() : p.totalSteps(),
            p.totalSteps(),
            100,
            p.epoch(),
            p.loss(),
            p.instructionLoss(),
            p.responseLoss(),
            p.learningRate(),
            p.gradientNorm(),
            p.samplesPerSecond(),
            p.tokensPerSecond(),
            p.modelFlopsUtilization(),
            p.peakMemoryBytes(),
            null,
            p.lastHeartbeat()));
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

  /** An attempt's steps begin where it resumes: those after that are lost. */
  private Progress resumed(GangState state, String checkpoint) {
    String stage = job.stages().get(0).label();
    long step = 0;
    if (checkpoint != null) {
      stage = checkpoint.substring(0, checkpoint.lastIndexOf('-'));
      step = Long.parseLong(checkpoint.substring(checkpoint.lastIndexOf('-') + 1));
    }
    return begun(stage, step, totalSteps(state, stage));
  }

  private Long totalSteps(GangState state, String stage) {
    if (state.progress() != null && stage.equals(state.progress().stage())) {
      return state.progress().totalSteps();
    }
    return job.stages().stream()
        .filter(each -> each.label().equals(stage) && each.steps().isPresent())
        .map(each -> (long) each.steps().getAsInt())
        .findFirst()
        .orElse(null);
  }

  private Progress begun(Event.StageStarted started) {
    return begun(started.stage(), started.fromStep(), started.totalSteps());
  }

  private Progress begun(String stage, long step, Long totalSteps) {
    return new Progress(
        stage,
        step,
        totalSteps,
        totalSteps == null ? null : percent(stage, step, totalSteps),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private Progress progress(Event.Step step, Instant at) {
    return new Progress(
        step.stage(),
        step.step(),
        step.totalSteps(),
        percent(step.stage(), step.step(), step.totalSteps()),
        finite(step.epoch()),
        finite(step.loss()),
        finite(step.instructionLoss()),
        finite(step.responseLoss()),
        finite(step.learningRate()),
        finite(step.gradientNorm()),
        finite(step.samplesPerSecond()),
        finite(step.tokensPerSecond()),
        finite(step.modelFlopsUtilization()),
        step.peakMemoryBytes(),
        completion(step, at),
        time(at));
  }

  /** Whole percents; 100 only when nothing is left to do. */
  private int percent(String stage, long step, long totalSteps) {
    int percent = (int) (100 * fractionDone(stage, step, totalSteps));
    return job.evaluates() ? Math.min(99, percent) : percent;
  }

  private double fractionDone(String stage, long step, long totalSteps) {
    return job.fractionDone(stage, totalSteps == 0 ? 1 : (double) step / totalSteps);
  }

  /** If what is left goes on as this stage does. */
  private String completion(Event.Step step, Instant at) {
    double done = fractionDone(step.stage(), step.step(), step.totalSteps());
    double stageLeft = fractionDone(step.stage(), step.totalSteps(), step.totalSteps()) - done;
    double seconds =
        stageLeft > 0 ? step.secondsLeft() * (1 - done) / stageLeft : step.secondsLeft();
    return Double.isFinite(seconds) ? time(at.plusMillis((long) (seconds * 1e3))) : null;
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
    int older = all.size() - Math.min(Reporter.MAX_CHECKPOINTS - 1, job.keptCheckpoints());
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
    return all.subList(Math.max(0, all.size() - MAX_EVALUATIONS), all.size());
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

  /** JSON has no other numbers; what is not one is left out. */
  private static Double finite(Double number) {
    return Optional.ofNullable(number).filter(Double::isFinite).orElse(null);
  }
}
