package io.litoperator.operator.progress;

import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Merges a report into what is known of a job. Pure. */
public final class Reports {
  private Reports() {}

  /**
   * What the status says once {@code report} is known. A report that is not newer than the Pod's
   * last one changes nothing, so that the same report may come by a request and by a termination
   * message.
   *
   * @param before what the status says now
   * @param podUid of the Pod that reports, already known to be the job's coordinator
   * @param report that {@code ReportRules} let pass
   * @param now by the operator's clock: the heartbeat's time, and the latest that any time in the
   *     report may be
   */
  public static ProgressStatus fold(
      ProgressStatus before, String podUid, ProgressReport report, Instant now) {
    Coordinator last = before.coordinator();
    if (last != null && last.podUid().equals(podUid) && report.sequence() <= last.sequence()) {
      return before;
    }
    List<Evaluation> evaluations =
        merge(
            before.evaluations(),
            report.evaluations().stream().map(e -> notAfter(now, e)).toList(),
            e -> new Scored(e.task(), e.metric(), e.checkpointStep()),
            ProgressReport.MAX_EVALUATIONS);
    List<SavedCheckpoint> checkpoints =
        merge(
            before.checkpoints(),
            report.checkpoints().stream().map(c -> notAfter(now, c)).toList(),
            c -> new Saved(c.stage(), c.step()),
            ProgressReport.MAX_CHECKPOINTS);
    return new ProgressStatus(
        report.progress() == null ? before.progress() : heardAt(now, report.progress()),
        nullIfEmpty(checkpoints),
        newest(checkpoints),
        report.bestCheckpoint() == null ? before.bestCheckpoint() : report.bestCheckpoint(),
        nullIfEmpty(evaluations),
        new Coordinator(
            podUid,
            report.attempt(),
            report.sequence(),
            report.activity(),
            report.registeredNodes(),
            report.restarts().isEmpty() ? null : report.restarts(),
            notAfter(now, report.lastFailure())));
  }

  /** As the status names a checkpoint, {@code stage-step}; null if there is none. */
  private static String newest(List<SavedCheckpoint> checkpoints) {
    if (checkpoints.isEmpty()) {
      return null;
    }
    SavedCheckpoint newest = checkpoints.get(checkpoints.size() - 1);
    return newest.stage() + "-" + newest.step();
  }

  /** What a checkpoint is told apart by. */
  private record Saved(String stage, Long step) {}

  /** What a score is told apart by. */
  private record Scored(String task, String metric, Long checkpointStep) {}

  /**
   * What is reported comes last and replaces its like, even if that was saved again; the oldest go.
   */
  private static <T> List<T> merge(
      List<T> before, List<T> reported, Function<T, Object> identity, int max) {
    Map<Object, T> merged = new LinkedHashMap<>();
    if (before != null) {
      before.forEach(entry -> merged.put(identity.apply(entry), entry));
    }
    for (T entry : reported) {
      merged.remove(identity.apply(entry));
      merged.put(identity.apply(entry), entry);
    }
    List<T> all = List.copyOf(merged.values());
    return all.subList(Math.max(0, all.size() - max), all.size());
  }

  private static <T> List<T> nullIfEmpty(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  private static Progress heardAt(Instant now, Progress p) {
    return new Progress(
        p.stage(),
        p.step(),
        p.totalSteps(),
        p.percent(),
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
        p.estimatedCompletion(),
        now.truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static SavedCheckpoint notAfter(Instant now, SavedCheckpoint c) {
    return new SavedCheckpoint(
        c.stage(),
        c.step(),
        c.uri(),
        c.sizeBytes(),
        c.digest(),
        notAfter(now, c.savedAt()),
        c.score());
  }

  private static Evaluation notAfter(Instant now, Evaluation e) {
    return new Evaluation(
        e.task(),
        e.metric(),
        e.score(),
        e.samples(),
        e.scorer(),
        e.checkpointStep(),
        notAfter(now, e.finishedAt()));
  }

  private static LastFailure notAfter(Instant now, LastFailure f) {
    return f == null
        ? null
        : new LastFailure(
            f.reason(),
            f.message(),
            f.exitCode(),
            f.rank(),
            f.node(),
            f.evidence(),
            notAfter(now, f.at()));
  }

  /** Nothing that is reported has happened after now, whatever the node's clock says. */
  private static String notAfter(Instant now, String time) {
    return time != null && Instant.parse(time).isAfter(now)
        ? now.truncatedTo(ChronoUnit.SECONDS).toString()
        : time;
  }
}
