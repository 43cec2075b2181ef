package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * 7. The chart is upgraded to two replicas, of which the leader is lost, uninstalled, and installed
 * again for one namespace, while a job trains: it is not disturbed, and its status goes on.
 */
@Scenario
@Order(7)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReleaseIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  private static Testbed testbed;
  private static RunningJob job;

  @BeforeAll
  static void startAJob(Testbed testbed) {
    ReleaseIT.testbed = testbed;
    job =
        testbed.apply(
            JobFile.shortFinetune(Testbed.repository(), "undisturbed")
                .with("/spec/finetune/maxSteps", 100_000));
    job.steps().await("finetune", 2, Duration.ofMinutes(5));
    job.await(Phase.FINETUNING, SOON);
  }

  @AfterAll
  static void delete() {
    job.close();
  }

  @Test
  @Order(1)
  void anUpgradeToTwoReplicasDoesNotDisturbAJob() {
    Pod former = testbed.operatorPod();

    testbed.release().upgrade(Map.of("replicas", 2, "podLabels.upgraded", "once"));

    awaitAbsence(former);
    assertGoesOn();
  }

  @Test
  @Order(2)
  void theOtherReplicaLeadsWhenTheLeaderIsLost() {
    Pod former = testbed.leader();

    testbed.client().resource(former).withGracePeriod(0).delete();

    assertGoesOn();
    assertThat(testbed.leader().getMetadata().getName())
        .isNotEqualTo(former.getMetadata().getName());
  }

  @Test
  @Order(3)
  void anUninstallLeavesJobsWhichTheNextInstallTakesUp() {
    Pod former = testbed.leader();

    testbed.release().uninstall();
    awaitAbsence(former);
    job.steps().next(job.steps().journal().size(), SOON);
    OperatorRelease.install(
        testbed.cluster().server().kubeconfig(), Map.of("watchNamespaces[0]", Testbed.NAMESPACE));

    assertGoesOn();
  }

  private static void assertGoesOn() {
    job.awaitProgress(SOON);
    assertThat(job.status().phase()).isEqualTo(Phase.FINETUNING);
    assertThat(job.status().attempt()).isEqualTo(1);
  }

  private static void awaitAbsence(Pod pod) {
    testbed.client().resource(pod).waitUntilCondition(Objects::isNull, 2, TimeUnit.MINUTES);
  }
}
