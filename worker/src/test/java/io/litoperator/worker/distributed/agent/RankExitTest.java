package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found out about a rank's end: its last lines, and whether memory ran out. */
class RankExitTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "version 2, 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 0'",
    "version 1, 'oom_kill_disable 0\nunder_oom 0\noom_kill 1'"
  })
  void killsAreCountedInBothVersionsOfControlGroups(String version, String content)
      throws IOException {
    Path file = Files.writeString(folder.resolve("events"), content);
    Path absent = folder.resolve("absent");
    MemoryLimit before = MemoryLimit.of(List.of(absent, file));
    Files.writeString(file, content.replace("oom_kill 1", "oom_kill 2"));
    MemoryLimit after = MemoryLimit.of(List.of(absent, file));

    assertThat(before.isBefore(after)).isTrue();
    assertThat(after.isBefore(after)).isFalse();
  }

  @Test
  void withoutAControlGroupNothingIsClaimed() {
    MemoryLimit unknown = MemoryLimit.of(List.of(folder.resolve("absent")));

    assertThat(unknown.isBefore(unknown)).isFalse();
  }

  @Test
  void theLastLinesOfALogAreWholeAndFew() throws IOException {
    String text =
        IntStream.range(0, 500).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
    Path log = Files.writeString(folder.resolve("log"), text);

    assertThat(LogTail.of(log).lines()).hasSize(12).startsWith("line 488").endsWith("line 499");
  }

  @Test
  void aLogThatIsNotThereIsSaidToBe() {
    assertThat(LogTail.of(folder.resolve("log"))).contains("cannot be read");
  }
}
