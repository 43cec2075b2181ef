package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.EndlessWriter;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lit} as a process of its own, which gets real signals. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LitSignalIT {
  @TempDir Path folder;

  @Test
  void whatIsHalfWrittenDoesNotStay() throws Exception {
    Path target = folder.resolve("target");
    Path begun = folder.resolve("begun");
    Process writer =
        new ProcessBuilder(
                JavaProcess.command(EndlessWriter.class, target.toString(), begun.toString()))
            .start();
    try {
      JavaProcess.awaitFile(writer, begun);
      assertThat(target).isNotEmptyDirectory();

      writer.destroy();

      assertThat(writer.waitFor()).isEqualTo(ExitCode.TERMINATED.code());
      assertThat(target).isEmptyDirectory();
    } finally {
      writer.destroyForcibly();
    }
  }

  /** It waits for a configuration that comes through a pipe, and never does. */
  @ParameterizedTest(name = "SIG{0}")
  @ValueSource(strings = {"INT", "TERM"})
  @SuppressWarnings("try") // The pipe does its work by being open.
  void whateverItDoesOneSentenceTellsThatItWasInterrupted(String signal) throws Exception {
    Path model = Files.createDirectories(folder.resolve("model"));
    Path pipe = model.resolve("config.json");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path target = folder.resolve("target");
    Process lit =
        JavaProcess.silent(
                JavaProcess.command(
                    Lit.class, "import", model.toString(), "--to", target.toString()))
            .start();
    // Opens when lit opens the other end.
    try (OutputStream configuration = new FileOutputStream(pipe.toFile())) {
      String pid = String.valueOf(lit.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();

      assertThat(lit.errorReader().lines())
          .containsExactly("Interrupted before it was done; run it again.");
      assertThat(lit.waitFor()).isEqualTo(ExitCode.TERMINATED.code());
      assertThat(target).doesNotExist();
    } finally {
      lit.destroyForcibly();
    }
  }
}
