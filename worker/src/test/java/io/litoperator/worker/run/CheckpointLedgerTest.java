package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.checkpoint.AttemptClaims;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Watched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointLedgerTest {
  @TempDir Path folder;

  /** A pipe to which nobody writes answers as a dead mount does: never. */
  @Test
  void aDestinationThatNeverAnswersIsNamed() throws Exception {
    Path pipe = folder.resolve("attempt.json");
    new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor();
    CheckpointStore store = new CheckpointStore(folder);
    AttemptClaims claims = new AttemptClaims(store.attempts(), "pod", 1, Optional.empty());
    CheckpointLedger ledger =
        new CheckpointLedger(
            store, claims, new Watched(Duration.ZERO, Progress.NONE), notice -> {}, () -> {});

    assertThatThrownBy(() -> ledger.claim(1))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.HANG))
        .hasMessageStartingWith("Claiming an attempt in " + folder);
    Files.newOutputStream(pipe).close();
  }
}
