package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process while it saves. */
class CheckpointKillIT {
  private static final int KILLS = 8;

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void whatWasReportedSavedSurvivesAKillAtAnyMoment() throws Exception {
    Random random = new Random(1);
    long lastStep = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      long reported = runAndKill(random.nextInt(40));

      CheckpointStore store = new CheckpointStore(folder);
      store.of(0, "pod").recover(notice -> {});
      Optional<CheckpointId> newest =
          store.newestVerified(
              notice -> {
                throw new AssertionError(notice);
              });

      assertThat(newest).isPresent();
      assertThat(newest.get().step()).isGreaterThanOrEqualTo(reported).isGreaterThan(lastStep);
      Checkpoint checkpoint = Checkpoint.openVerified(store.folder(newest.get()));
      lastStep = newest.get().step();
      assertThat(checkpoint.model().floats("large")).containsOnly(lastStep);
      assertThat(checkpoint.model().floats("small")).containsOnly(lastStep);
      assertThat(checkpoint.state().step()).isEqualTo(lastStep);
    }
  }

  /** Kills the process so long after its first save, and returns the last step it reported. */
  private long runAndKill(int milliseconds) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(JavaProcess.command(SaveUntilKilled.class, folder.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      long reported = Long.parseLong(output.readLine());
      assertThat(process.waitFor(milliseconds, TimeUnit.MILLISECONDS)).isFalse();
      process.toHandle().destroyForcibly();
      process.waitFor();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        reported = Long.parseLong(line);
      }
      return reported;
    } finally {
      process.destroyForcibly();
    }
  }
}
