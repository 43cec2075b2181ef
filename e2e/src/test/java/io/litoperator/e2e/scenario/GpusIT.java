package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * 8. GPUs: a job waits until a node has as many as it asks for, and until another gives them back;
 * of an image that is built for CPUs it ends at once and says which to take. Beside the other
 * scenarios: it waits most of its time.
 */
@Scenario
@Order(8)
@Execution(ExecutionMode.CONCURRENT)
class GpusIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private static final String LACKING_GPUS =
      "Pod %s-0: 0/2 nodes are available: 2 Insufficient nvidia.com/gpu.";

  private static final String NO_CUDA =
      "libtorch cannot compute on GPUs: it is built for CPUs only; with topology.device: cuda a"
          + " Pod takes the image worker-cuda, which spec.image or the chart's workerImage.cuda"
          + " names, and elsewhere PYTORCH_LIBRARY_PATH names a libtorch for GPUs.";

  private final Testbed testbed;

  GpusIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void jobsWaitForGpusAndEndAtOnceWithAnImageForCpus() {
    // It takes GPUs, and does nothing with them.
    JobFile holding = twoGpus("holding-gpus").with("/spec/image", "lit.test/pause:1");
    try (RunningJob holder = testbed.apply(holding)) {
      awaitLackOfGpus(holder);
      testbed.giveGpus("node2", 2);
      assertIsPlaced(holder);

      try (RunningJob job =
          testbed.apply(
              twoGpus("gpus").with("/spec/image", OperatorRelease.workerImageForCpus()))) {
        awaitLackOfGpus(job);
        holder.resource().delete();
        assertIsPlaced(job);
        assertEndsForWantOfCuda(job);
      }
    }
  }

  private static void assertEndsForWantOfCuda(RunningJob job) {
    LitTrainingJobStatus end = job.await(Phase.FAILED, LIMIT);
    assertThat(end.pending()).isNull();
    assertThat(end.restarts() == null ? 0 : end.restarts().total()).isZero();
    assertThat(end.lastFailure().exitCode()).isEqualTo(64);
    assertThat(end.lastFailure().node()).isEqualTo("node2");
    assertThat(end.lastFailure().message()).isEqualTo(NO_CUDA);
    assertThat(end.conditions())
        .filteredOn(condition -> condition.getType().equals("Failed"))
        .singleElement()
        .satisfies(
            condition -> {
              assertThat(condition.getReason()).isEqualTo("PodFailed");
              assertThat(condition.getMessage()).isEqualTo(NO_CUDA);
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
