package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureFilesTest {
  @TempDir Path folder;
  private Path output;
  private Path kept;
  private FailureFiles failures;

  @BeforeEach
  void prepare() {
    output = folder.resolve("pod");
    kept = folder.resolve("claim/job");
    failures = new FailureFiles(output, new CheckpointStore(kept).files());
  }

  @Test
  void endsOfLogsAndStacksOfTheAttemptAreKept() throws IOException {
    write("logs/rank-0.log", "begin" + "x".repeat(100_000) + "end");
    write("logs/rank-1.log", "short");
    write("evidence/attempt-2-rank-0.txt", "stacks of 2");
    write("evidence/attempt-3-rank-0.txt", "stacks of 3");

    failures.keep(3);

    assertThat(failures.name(3)).isEqualTo(kept + "/failures/attempt-3");
    assertThat(kept.resolve("failures/attempt-3/rank-0.log"))
        .content()
        .hasSize(64 << 10)
        .endsWith("xend");
    assertThat(kept.resolve("failures/attempt-3/rank-1.log")).hasContent("short");
    assertThat(kept.resolve("failures/attempt-3/attempt-3-rank-0.txt")).hasContent("stacks of 3");
    try (Stream<Path> all = Files.walk(kept)) {
      assertThat(all.filter(Files::isRegularFile)).hasSize(3);
    }
  }

  @Test
  void aPodInWhichNoRankHasRunKeepsNothing() throws IOException {
    failures.keep(1);

    assertThat(kept).doesNotExist();
  }

  private void write(String file, String content) throws IOException {
    Path path = output.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
