package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("try") // Output is shown while it is followed.
class RankOutputTest {
  @TempDir Path folder;
  private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

  @Test
  void linesAreShownWithTheirRankWhileRanksRun() throws Exception {
    Path logs = folder.resolve("logs");
    try (RankOutput output = RankOutput.follow(logs, shown::add)) {
      Files.createDirectory(logs);
      write(logs.resolve("rank-11.log"), "NCCL INFO größer\nhalf a li");
      assertThat(shown.take()).isEqualTo("[rank11]: NCCL INFO größer");

      write(logs.resolve("rank-11.log"), "ne\r\n");
      assertThat(shown.take()).isEqualTo("[rank11]: half a line");
    }
    assertThat(shown).isEmpty();
  }

  @Test
  void allThatWasWrittenIsShownBeforeTheEnd() throws IOException {
    try (RankOutput output = RankOutput.follow(folder, shown::add)) {
      write(folder.resolve("rank-0.log"), "a\n".repeat(100_000) + "last words");
      write(folder.resolve("rank-1.log"), "b\n");
    }

    assertThat(shown).hasSize(100_002).contains("[rank0]: last words", "[rank1]: b");
  }

  @Test
  void whatWasThereBeforeIsNotShownAgain() throws IOException {
    write(folder.resolve("rank-0.log"), "old\n");
    try (RankOutput output = RankOutput.follow(folder, shown::add)) {
      write(folder.resolve("rank-0.log"), "new\n");
    }

    assertThat(shown).containsExactly("[rank0]: new");
  }

  @Test
  void aLineWithoutEndIsShownInPieces() throws IOException {
    try (RankOutput output = RankOutput.follow(folder, shown::add)) {
      write(folder.resolve("rank-0.log"), "x".repeat(40_000));
    }

    assertThat(shown).hasSize(3);
    assertThat(String.join("", shown).replace("[rank0]: ", "")).isEqualTo("x".repeat(40_000));
  }

  private static void write(Path log, String text) throws IOException {
    Files.write(
        log,
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
