package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** 7. The chart is upgraded, uninstalled and installed again, while a job trains. */
@Scenario
@Order(7)
class ReleaseIT {
  private final Testbed testbed;

  ReleaseIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void anUpgradeDoesNotDisturbAJob() {
    try (RunningJob job = testbed.apply(file("upgrade"))) {
      job.steps().await("finetune", 2, Duration.ofMinutes(3));
      Pod former = testbed.operatorPod();

      testbed.release().upgrade("podLabels.upgraded", "once");

      awaitAbsence(former);
      assertSucceedsUndisturbed(job);
    }
  }

  @Test
  void anUninstallLeavesJobsWhichTheNextInstallTakesUp() {
    try (RunningJob job = testbed.apply(file("uninstall"))) {
      job.steps().await("finetune", 2, Duration.ofMinutes(3));
      Pod former = testbed.operatorPod();

      testbed.release().uninstall();
      awaitAbsence(former);
      int place = job.steps().journal().size();
      job.steps().next(place, Duration.ofSeconds(30));
      OperatorRelease.install(testbed.cluster().server().kubeconfig());

      assertSucceedsUndisturbed(job);
    }
  }

  private void awaitAbsence(Pod pod) {
    testbed.client().resource(pod).waitUntilCondition(each -> each == null, 60, TimeUnit.SECONDS);
  }

  private static void assertSucceedsUndisturbed(RunningJob job) {
    LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, Duration.ofMinutes(6));
    assertThat(end.progress().percent()).isEqualTo(100);
    assertThat(end.restarts() == null ? 0 : end.restarts().total()).isZero();
  }

  /** Long enough to be in training while the operator is exchanged. */
  private static JobFile file(String name) {
    return JobFile.shortFinetune(Testbed.repository(), name).with("/spec/finetune/maxSteps", 400);
  }
}
