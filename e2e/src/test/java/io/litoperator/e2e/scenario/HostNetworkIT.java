package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** 11. Two nodes train together on the nodes' own network, whose reports the chart lets through. */
@Scenario
@Order(11)
class HostNetworkIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private final Testbed testbed;

  HostNetworkIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void aJobRunsOnTheNodesOwnNetwork() {
    testbed
        .release()
        .upgrade(Map.of("networkPolicy.progressFrom[0].ipBlock.cidr", "10.250.0.0/24"));
    JobFile file =
        JobFile.shortFinetune(Testbed.repository(), "host-network")
            .with("/spec/finetune/maxSteps", 10)
            .with("/spec/template/hostNetwork", true)
            .onTwoNodes();
    try (RunningJob job = testbed.apply(file)) {
      job.await(Phase.FINETUNING, LIMIT);
      List<Pod> pods = job.pods();
      LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, LIMIT);

      assertThat(end.restarts().byReason()).isEmpty();
      assertThat(end.progress().percent()).isEqualTo(100);
      assertThat(pods)
          .hasSize(2)
          .allSatisfy(
              pod -> assertThat(pod.getStatus().getPodIP()).isEqualTo(pod.getStatus().getHostIP()));
    }
  }
}
