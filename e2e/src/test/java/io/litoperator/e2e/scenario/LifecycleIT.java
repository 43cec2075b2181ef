package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** 4. Suspend and resume; delete while running; deadline; time to live; no room. Side by side. */
@Scenario
@Order(4)
class LifecycleIT {
  private static final Duration SOON = Duration.ofMinutes(5);

  /** More than are taken until a wish has reached the ranks. */
  private static final int MANY_STEPS = 200;

  private final Testbed testbed;

  LifecycleIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aSuspendedJobSavesStopsAndGoesOnFromThere() {
    try (RunningJob job =
        testbed.apply(file("suspended").with("/spec/finetune/maxSteps", MANY_STEPS))) {
      job.steps().await("finetune", 12, SOON);

      job.patchSpec("{\"suspend\": true}");
      LitTrainingJobStatus suspended = job.await(Phase.SUSPENDED, SOON);
      awaitNoPods(job);

      int place = job.steps().journal().size();
      job.patchSpec("{\"suspend\": false}");
      long next = job.steps().next(place, SOON).what().step();

      assertThat(suspended.latestCheckpoint()).isEqualTo("finetune-" + (next - 1));
      LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, Duration.ofMinutes(5));
      assertThat(end.restarts() == null ? 0 : end.restarts().total()).isZero();
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aJobThatIsDeletedWhileItRunsLeavesNothingButACheckpointOfItsLastStep() {
    try (RunningJob job =
        testbed.apply(file("deleted").with("/spec/finetune/maxSteps", MANY_STEPS))) {
      job.steps().await("finetune", 7, SOON);

      job.resource().delete();

      awaitNoPods(job);
      assertThat(objects(job)).isEmpty();
      assertThat(testbed.checkpoints().resolve("jobs/deleted/finetune-" + job.steps().last()))
          .isNotEmptyDirectory();
    }
  }

  /** What was made for a job besides its Pods, and is there yet. */
  private List<HasMetadata> objects(RunningJob job) {
    KubernetesClient client = testbed.client();
    return Stream.of(
            client.configMaps(),
            client.secrets(),
            client.services(),
            client.serviceAccounts(),
            client.network().networkPolicies())
        .flatMap(
            kind ->
                kind.inNamespace(Testbed.NAMESPACE)
                    .withLabel("lit-operator.io/job", job.name())
                    .resources())
        .<HasMetadata>map(Resource::item)
        .toList();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aJobThatTakesTooLongFails() {
    try (RunningJob job =
        testbed.apply(
            file("too-long")
                .with("/spec/finetune/maxSteps", 5000)
                .with("/spec/activeDeadlineSeconds", 15))) {
      LitTrainingJobStatus end = job.await(Phase.FAILED, SOON);

      assertThat(end.conditions())
          .anySatisfy(
              condition -> {
                assertThat(condition.getType()).isEqualTo("Failed");
                assertThat(condition.getReason()).isEqualTo("DeadlineExceeded");
              });
      awaitNoPods(job);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aFinishedJobIsDeletedWhenItsTimeIsUp() {
    try (RunningJob job =
        testbed.apply(
            file("short-lived")
                .with("/spec/ttlSecondsAfterFinished", 3)
                .with("/spec/finetune/maxSteps", 2))) {
      job.await(Phase.SUCCEEDED, SOON);

      job.resource().waitUntilCondition(Objects::isNull, 2, TimeUnit.MINUTES);
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aPodThatTakesMoreDiskThanItMayCostsARestart() {
    try (RunningJob job =
        testbed.apply(
            file("disk-hungry")
                .with("/spec/finetune/maxSteps", 5000)
                .with("/spec/recovery/maxRestarts", 1)
                .with("/spec/template/resources/limits/ephemeral-storage", "16Ki"))) {
      LitTrainingJobStatus end = job.await(Phase.FAILED, SOON);

      assertThat(end.restarts().byReason()).isEqualTo(Map.of("StorageLimitExceeded", 1));
      assertThat(end.lastFailure().reason()).isEqualTo("StorageLimitExceeded");
      assertThat(end.lastFailure().message()).contains("ephemeral");
    }
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aJobThatNoNodeHasRoomForSaysSo() {
    try (RunningJob job =
        testbed.apply(file("too-big").with("/spec/template/resources/requests/cpu", "1000"))) {
      LitTrainingJobStatus status =
          job.await(
              "known to have no room",
              SOON,
              each ->
                  each.pending() != null && each.pending().message().contains("Insufficient cpu"));

      assertThat(status.phase()).isEqualTo(Phase.PENDING);
      assertThat(status.pending().reason()).isEqualTo("Unschedulable");
    }
  }

  private void awaitNoPods(RunningJob job) {
    testbed
        .client()
        .pods()
        .inNamespace(Testbed.NAMESPACE)
        .withLabel("lit-operator.io/job", job.name())
        .informOnCondition(List::isEmpty)
        .orTimeout(3, TimeUnit.MINUTES)
        .join();
  }

  private static JobFile file(String name) {
    return JobFile.shortFinetune(Testbed.repository(), name).withOneRank();
  }
}
