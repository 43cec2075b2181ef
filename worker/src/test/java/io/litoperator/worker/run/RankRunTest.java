package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankRunTest {
  @TempDir private Path folder;

  @Test
  void aRankThatCannotBeginEndsWithTheCodeOfWhatIsWrong() {
    assertThat(RankRun.exitCode(List.of(folder.resolve("plan.json"))))
        .isEqualTo(ExitCode.INPUT_MISSING);
  }
}
