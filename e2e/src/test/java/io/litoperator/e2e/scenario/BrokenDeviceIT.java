package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * 10. A device that fails, here a libtorch that is not there, is tried twice and then left: the
 * next Pod goes to the other node. Beside the other scenarios.
 */
@Scenario
@Order(10)
@Execution(ExecutionMode.CONCURRENT)
class BrokenDeviceIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private final Testbed testbed;

  BrokenDeviceIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void theNextPodGoesToAnotherNode() {
    JobFile file =
        JobFile.shortFinetune(Testbed.repository(), "broken-device")
            .with("/spec/recovery/maxRestarts", 3)
            .withOneRank()
            .withEnvironment("PYTORCH_LIBRARY_PATH", "/nowhere");
    try (RunningJob job = testbed.apply(file)) {
      LitTrainingJobStatus end = job.await(Phase.FAILED, LIMIT);

      // Of restarts in place none counts whose Pod ended before it was heard, on a busy machine;
      // and where the last that is allowed was a Pod's, one in place has been made before the end.
      assertThat(end.restarts().byReason()).containsOnlyKeys("AcceleratorFault");
      assertThat(end.restarts().total()).isBetween(3, 4);
      assertThat(end.avoidedNodes())
          .extracting(AvoidedNode::node)
          .as("each Pod was on a node of its own")
          .containsExactlyInAnyOrder("node1", "node2");
    }
  }
}
