package io.litoperator.e2e.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs in the queues of Kueue itself. */
@Tag("kueue")
@Timeout(300)
class KueueIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static QueueBench bench;

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectories(Path.of("target"));
    bench = QueueBench.start(Files.createTempDirectory(folder, "kueue-").toAbsolutePath());
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @Test
  void aJobWithQuotaIsAdmittedRunsAndGivesItBack() {
    bench.queue("enough", 2);
    bench.create("succeeding", 2, "enough");
    bench.awaitRunning("succeeding", 2);
    bench.awaitUsed("enough", 2);

    bench.succeed("succeeding");

    bench.await("succeeding", Phase.SUCCEEDED);
    await("its end").atMost(LIMIT).until(() -> bench.workloadIs("succeeding", "Finished"));
    bench.awaitUsed("enough", 0);
  }

  /** Its affinity, by which Kueue would take it for one of another role, is not its group's. */
  @Test
  void aPodThatIsToAvoidANodeStaysInItsGroup() {
    bench.queue("avoiding", 2);
    bench.create("avoiding", 2, "avoiding");
    Pod lost = bench.awaitRunning("avoiding", 2).get(1);
    String workload = bench.workload("avoiding").orElseThrow().getMetadata().getUid();

    bench.node().exit(lost, 71);

    bench.awaitStatus(
        "avoiding",
        "to avoid a node",
        status ->
            status.avoidedNodes() != null
                && status.members().get(1).podUid() != null
                && !status.members().get(1).podUid().equals(lost.getMetadata().getUid()));
    Pod successor = bench.awaitRunning("avoiding", 2).get(1);
    assertThat(successor.getSpec().getAffinity().getNodeAffinity()).isNotNull();
    assertThat(bench.workload("avoiding").orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(bench.workloadIs("avoiding", "Admitted")).isTrue();
    bench.awaitUsed("avoiding", 2);
    bench.delete("avoiding");
  }
}
