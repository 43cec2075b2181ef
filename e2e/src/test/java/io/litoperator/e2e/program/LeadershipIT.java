package io.litoperator.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the operator's program on a real API server. */
@Timeout(300)
class LeadershipIT {
  /** A lease that is not given back is not had before the test is over. */
  private static final Map<String, String> PATIENT =
      Map.of(
          "LIT_LEADER_ELECTION_LEASE_DURATION", "30m",
          "LIT_LEADER_ELECTION_RENEW_DEADLINE", "20m",
          "LIT_METRICS_INTERVAL", "500ms");

  private static final String TIMES_TO_PODS = "lit_job_time_to_pods_seconds_count";

  @TempDir static Path folder;

  @Test
  void aLeaderThatIsToldToEndGivesTheLeaseToTheOther() throws IOException {
    try (LoadBench bench = LoadBench.start(LoadBench.REPOSITORY, folder, PATIENT);
        OperatorProcess other = bench.replica("other", PATIENT)) {
      bench.create("before");
      awaitTold(bench.operator(), TIMES_TO_PODS, 1);
      assertThat(bench.leader()).isEqualTo(LoadBench.OPERATOR_POD);
      assertThat(told(other, "lit_jobs")).isZero();

      CompletableFuture<Integer> exit = bench.operator().terminate();
      await("the leader's end").atMost(Duration.ofSeconds(30)).until(exit::isDone);
      assertThat(exit.join()).isIn(0, 143);
      await("the lease").atMost(Duration.ofSeconds(30)).until(() -> "other".equals(bench.leader()));

      bench.create("after");
      bench.pods().awaitSeen(4);
      awaitTold(other, "lit_jobs", 2);
      awaitTold(other, TIMES_TO_PODS, 1);
    }
  }

  private static void awaitTold(OperatorProcess operator, String name, double sum) {
    await(name)
        .atMost(Duration.ofMinutes(1))
        .until(() -> told(operator, name), value -> value == sum);
  }

  private static double told(OperatorProcess operator, String name) {
    return Exposition.parse(operator.metrics()).sum(name, Map.of());
  }
}
