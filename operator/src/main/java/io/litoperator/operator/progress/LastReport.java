package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.plan.Termination;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator's last report, found in its Pod's termination message: all there is where it could
 * not be delivered. What is asked of a report that is sent is asked of it too.
 */
public final class LastReport {
  private static final Logger log = LoggerFactory.getLogger(LastReport.class);

  private LastReport() {}

  /**
   * What the job's status says once the report is known.
   *
   * @return empty if there is none, if the status knows it already, or if it would be refused
   */
  public static Optional<ProgressStatus> unheard(Snapshot snapshot) {
    return snapshot
        .pod(0)
        .flatMap(
            pod ->
                Termination.of(pod)
                    .map(Termination::report)
                    .flatMap(report -> fold(snapshot.job(), pod.pod(), report, snapshot.now())));
  }

  private static Optional<ProgressStatus> fold(
      LitTrainingJob job, Pod pod, ProgressReport report, Instant now) {
    ObjectMeta metadata = pod.getMetadata();
    ProgressStatus before = ProgressStatus.of(job.getStatus());
    try {
      Fence.checkSender(
          job,
          Optional.of(pod),
          new Sender(metadata.getNamespace(), metadata.getName(), metadata.getUid()));
      ReportRules.check(report);
      Fence.checkOrder(job, before, metadata.getUid(), report);
    } catch (RequestRefusedException refusal) {
      log.debug("Pod {} left a report: {}", metadata.getName(), refusal.getMessage());
      return Optional.empty();
    }
    return Optional.of(Reports.fold(before, metadata.getUid(), report, now));
  }
}
