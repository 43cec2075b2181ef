package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.e2e.cluster.MemoryPressure;
import io.litoperator.e2e.cluster.Node;
import io.litoperator.e2e.scenario.Fault.Moment;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 3. Whatever fails, during training and during a save, the job resumes and ends. */
@Scenario
@Order(3)
class FaultsIT {
  private static final String IN_PLACE = "target 5 s";
  private static final String NEW_POD = "target 15 s";

  private final Testbed testbed;

  FaultsIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void aRankThatIsKilledIsReplacedInItsPod(Moment moment) {
    Fault fault = new Fault("Rank killed", moment, IN_PLACE);
    try (RunningJob job = fault.start(testbed)) {
      Pod pod = job.pod(1);

      fault.strike(
          testbed, job, () -> job.processes(1, "rank").forEach(ProcessHandle::destroyForcibly));

      LitTrainingJobStatus end = endOf(job);
      assertThat(end.restarts().byReason()).containsOnlyKeys("RankFailed");
      assertThat(end.lastFailure().node()).isEqualTo(pod.getSpec().getNodeName());
      assertThat(uid(job.pod(1))).isEqualTo(uid(pod));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void aPodThatIsDeletedIsReplacedWhileTheOtherStays(Moment moment) {
    Fault fault = new Fault("Pod deleted", moment, NEW_POD);
    try (RunningJob job = fault.start(testbed)) {
      Pod other = job.pod(0);

      fault.strike(testbed, job, () -> delete(job.pod(1)));

      assertThat(endOf(job).restarts().byReason()).containsOnlyKeys("PodDeleted");
      assertThat(uid(job.pod(0))).isEqualTo(uid(other));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void theCoordinatorsPodIsReplacedToo(Moment moment) {
    Fault fault = new Fault("Coordinator's Pod deleted", moment, NEW_POD);
    try (RunningJob job = fault.start(testbed)) {
      Pod other = job.pod(1);

      fault.strike(testbed, job, () -> delete(job.pod(0)));

      assertThat(endOf(job).restarts().byReason()).containsOnlyKeys("PodDeleted");
      assertThat(uid(job.pod(1))).isEqualTo(uid(other));
    }
  }

  @Test
  void aPodThatIsKilledForMemoryIsReplaced() {
    Fault fault = new Fault("Pod OOM-killed", Moment.IN_TRAINING, "");
    try (RunningJob job = fault.start(testbed)) {
      Pod pod = job.pod(1);
      Node node = job.node(pod);

      fault.strike(testbed, job, () -> MemoryPressure.on(node, uid(pod)));

      assertThat(endOf(job).restarts().byReason()).containsKey("OOMKilled");
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void theOperatorMayDie(Moment moment) {
    Fault fault = new Fault("Operator killed", moment, "");
    try (RunningJob job = fault.start(testbed)) {
      fault.strikeBeside(testbed, job, testbed::killOperator);

      assertThat(restarts(endOf(job))).isZero();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void theApiServerMayRestart(Moment moment) {
    Fault fault = new Fault("API server restarted", moment, "");
    try (RunningJob job = fault.start(testbed)) {
      fault.strikeBeside(testbed, job, testbed.cluster().server()::restart);

      assertThat(restarts(endOf(job))).isZero();
    }
  }

  @Test
  void aDeadNodesPodIsReplacedAndTheNodeMayComeBack() {
    Fault fault = new Fault("Kubelet stopped", Moment.IN_TRAINING, "");
    try (RunningJob job = fault.start(testbed)) {
      Node node = job.node(job.pod(1));
      try {
        fault.strike(testbed, job, node::freeze);
      } finally {
        node.thaw();
      }

      assertThat(endOf(job).restarts().byReason()).containsKey("NodeLost");
    }
  }

  private static LitTrainingJobStatus endOf(RunningJob job) {
    LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, Duration.ofMinutes(8));
    assertThat(end.latestCheckpoint()).isEqualTo("finetune-" + Fault.STEPS);
    assertThat(end.progress().percent()).isEqualTo(100);
    return end;
  }

  private static int restarts(LitTrainingJobStatus status) {
    return status.restarts() == null ? 0 : status.restarts().total();
  }

  private void delete(Pod pod) {
    testbed.client().resource(pod).delete();
  }

  private static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }
}
