package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * 8. GPUs: a job waits until a node has as many as it asks for, and until another gives them back;
 * where they cannot be used, as with a broken driver, it fails and says why. Beside the other
 * scenarios: it waits most of its time.
 */
@Scenario
@Order(8)
@Execution(ExecutionMode.CONCURRENT)
class GpusIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private static final String LACKING_GPUS =
      "Pod %s-0: 0/2 nodes are available: 2 Insufficient nvidia.com/gpu.";

  /** Of the rank that found out first. */
  private static final String NO_CUDA =
      "libtorch cannot compute on cuda:[01]: it is built for CPUs only; the image worker-cuda has"
          + " one for GPUs, and elsewhere PYTORCH_LIBRARY_PATH names it\\.";

  private final Testbed testbed;

  GpusIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void jobsWaitForGpusAndFailWhereTheyCannotBeUsed() {
    // It takes GPUs, and does nothing with them.
    JobFile holding = twoGpus("holding-gpus").with("/spec/image", "lit.test/pause:1");
    try (RunningJob holder = testbed.apply(holding)) {
      awaitLackOfGpus(holder);
      testbed.giveGpus("node2", 2);
      assertIsPlaced(holder);

      try (RunningJob job = testbed.apply(twoGpus("gpus").with("/spec/recovery/maxRestarts", 1))) {
        awaitLackOfGpus(job);
        holder.resource().delete();
        assertIsPlaced(job);
        assertFailsForWantOfCuda(job);
      }
    }
  }

  private static void assertFailsForWantOfCuda(RunningJob job) {
    LitTrainingJobStatus end = job.await(Phase.FAILED, LIMIT);
    assertThat(end.pending()).isNull();
    assertThat(end.restarts().byReason()).isEqualTo(Map.of("AcceleratorFault", 1));
    assertThat(end.lastFailure().reason()).isEqualTo("AcceleratorFault");
    assertThat(end.lastFailure().exitCode()).isEqualTo(71);
    assertThat(end.lastFailure().node()).isEqualTo("node2");
    assertThat(end.lastFailure().message()).matches(NO_CUDA);
    assertThat(end.conditions())
        .filteredOn(condition -> condition.getType().equals("Failed"))
        .singleElement()
        .satisfies(
            condition -> {
              assertThat(condition.getReason()).isEqualTo("RestartsExhausted");
              assertThat(condition.getMessage())
                  .isEqualTo(
                      "spec.recovery.maxRestarts is 1, and there was one more failure: "
                          + end.lastFailure().message());
            });
  }

  private static JobFile twoGpus(String name) {
    return JobFile.shortFinetune(Testbed.repository(), name)
        .with("/spec/topology/device", "cuda")
        .with("/spec/topology/ranksPerNode", 2);
  }

  private static void awaitLackOfGpus(RunningJob job) {
    // Before it looks at GPUs, the scheduler may wait for the claim's volume.
    String lack = LACKING_GPUS.formatted(job.name());
    LitTrainingJobStatus waiting =
        job.await("GPUs to be awaited", LIMIT, status -> lack.equals(message(status)));
    assertThat(waiting.phase()).isEqualTo(Phase.PENDING);
    assertThat(waiting.pending().reason()).isEqualTo("Unschedulable");
  }

  private static String message(LitTrainingJobStatus status) {
    return status.pending() == null ? null : status.pending().message();
  }

  private void assertIsPlaced(RunningJob job) {
    Pod placed =
        testbed
            .client()
            .pods()
            .inNamespace(Testbed.NAMESPACE)
            .withName(job.name() + "-0")
            .waitUntilCondition(
                pod -> pod != null && pod.getSpec().getNodeName() != null, 3, TimeUnit.MINUTES);
    assertThat(placed.getSpec().getNodeName()).isEqualTo("node2");
    assertThat(placed.getSpec().getContainers().get(0).getResources().getLimits())
        .containsEntry(Testbed.GPU, new Quantity("2"));
  }
}
