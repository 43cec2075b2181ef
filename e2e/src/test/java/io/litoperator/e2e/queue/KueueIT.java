package io.litoperator.e2e.queue;

import static org.awaitility.Awaitility.await;

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
}
