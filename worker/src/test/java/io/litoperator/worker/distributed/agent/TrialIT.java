package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.failure.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A measurement that is a process of its own, and gets real signals. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrialIT {
  @TempDir Path output;

  @ParameterizedTest(name = "SIG{0}")
  @ValueSource(strings = {"INT", "TERM"})
  void aMeasurementEndsAtTheFirstSignal(String signal) throws Exception {
    Path connected = output.resolve("connected");
    Process trial =
        JavaProcess.silent(JavaProcess.command(TestTrial.class, connected.toString())).start();
    try {
      JavaProcess.awaitFile(trial, connected);
      String pid = String.valueOf(trial.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();

      assertThat(trial.errorReader().readLine())
          .isEqualTo("The measurement was interrupted; run it again.");
      assertThat(trial.waitFor()).isEqualTo(ExitCode.TERMINATED.code());
    } finally {
      trial.destroyForcibly();
    }
  }
}
