package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operator's process ends after each of its writes in turn, and another takes over. */
@ExtendWith(ApiServerExtension.class)
class OperatorDeathIT {
  private final KubernetesClient client;

  OperatorDeathIT(KubernetesClient client) {
    this.client = client;
  }

  @Test
  void endsWellWhereverTheOperatorDies() {
    for (int lastWrite = 1; ; lastWrite++) {
      if (!diesAndEndsWell(new JobNamespace(client), lastWrite)) {
        assertThat(lastWrite).as("writes of a whole life").isBetween(10, 24);
        return;
      }
    }
  }

  /**
   * Runs a job that loses a Pod and what it told nobody; whether the first operator died on the
   * way.
   */
  private boolean diesAndEndsWell(JobNamespace jobs, int lastWrite) {
    OperatorProcess operator = jobs.start(lastWrite);
    boolean died = false;
    try {
      LitTrainingJob job = jobs.create();
      boolean lost = false;
      long giveUp = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (jobs.phase(job) != Phase.SUCCEEDED) {
        assertThat(System.nanoTime())
            .as("time with death at write " + lastWrite)
            .isLessThan(giveUp);
        if (!died && operator.isDead()) {
          operator.close();
          operator = jobs.start();
          died = true;
        }
        lost = goOn(jobs, job, lost);
      }
      LitTrainingJobStatus status = jobs.live(job).getStatus();
      assertThat(status.restarts().total()).as("death at write " + lastWrite).isEqualTo(2);
      assertThat(jobs.workers().pods())
          .extracting(pod -> pod.getMetadata().getName())
          .containsExactlyInAnyOrder("job-0", "job-1");
      return died;
    } finally {
      operator.close();
    }
  }

  /** Lets the cluster go on by one step; whether the Pod has been lost. */
  private boolean goOn(JobNamespace jobs, LitTrainingJob job, boolean lost) {
    LitTrainingJobStatus status = jobs.live(job).getStatus();
    List<Pod> pods = jobs.workers().pods();
    pods.stream()
        .filter(pod -> "Pending".equals(pod.getStatus().getPhase()))
        .forEach(jobs.workers()::run);
    if (status == null
        || status.members() == null
        || pods.size() < 2
        || !areRecorded(status, pods)) {
      return lost;
    }
    if (!lost) {
      jobs.workers().exitUnheard(pods.get(0), 70, restartedInPlace());
      return true;
    }
    if (status.attempt() == 3
        && pods.stream().map(ObservedPod::new).allMatch(ObservedPod::isRunning)) {
      jobs.workers().report(job, Activity.DONE);
      pods.forEach(pod -> jobs.workers().exit(pod, 0));
    }
    return true;
  }

  private static ProgressReport restartedInPlace() {
    return new ProgressReport(
        2, 1, Activity.WAITING, 2, null, null, null, null, Map.of("RankFailed", 1), null);
  }

  private static boolean areRecorded(LitTrainingJobStatus status, List<Pod> pods) {
    return status.members().stream()
        .allMatch(
            member ->
                pods.stream().anyMatch(pod -> pod.getMetadata().getUid().equals(member.podUid())));
  }
}
