package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.failure.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent that is a process of its own, and gets real signals. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentSignalIT {
  @TempDir Path output;
  private Process agent;
  private BufferedReader notices;
  private final Map<String, ProcessHandle> ranks = new HashMap<>();

  @BeforeEach
  void startAgentAndWaitUntilItTrains() throws IOException {
    agent =
        new ProcessBuilder(JavaProcess.command(TestAgent.class, output.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    notices = agent.inputReader();
    while (ranks.size() < 2) {
      String[] words = notices.readLine().split(" ");
      ranks.put(words[2], ProcessHandle.of(Long.parseLong(words[0])).orElseThrow());
    }
  }

  @AfterEach
  void endAgent() {
    agent.destroyForcibly();
  }

  @ParameterizedTest(name = "SIG{0}")
  @ValueSource(strings = {"INT", "TERM"})
  void theFirstSignalSavesAndEndsWith75(String signal) throws Exception {
    send(signal, agent.pid());

    assertThat(exitCodeOfAgent()).isEqualTo(ExitCode.INTERRUPTED.code());
    assertThat(output.resolve("states/state")).exists();
    assertThat(ranks.values()).noneMatch(ProcessHandle::isAlive);
  }

  @ParameterizedTest(name = "SIG{0}")
  @ValueSource(strings = {"INT", "TERM"})
  void ranksLeaveSignalsToAllProcessesToTheAgent(String signal) throws Exception {
    for (ProcessHandle rank : ranks.values()) {
      send(signal, rank.pid());
    }
    send(signal, agent.pid());

    assertThat(exitCodeOfAgent()).isEqualTo(ExitCode.INTERRUPTED.code());
    assertThat(output.resolve("states/state")).exists();
  }

  @Test
  void ranksDoNotOutliveAnAgentThatIsKilled() throws Exception {
    send("KILL", agent.pid());

    for (ProcessHandle rank : ranks.values()) {
      rank.onExit().get(60, TimeUnit.SECONDS);
    }
    assertThat(Files.readString(output.resolve("logs/rank-0.log"))).doesNotContain("Exception");
  }

  private int exitCodeOfAgent() throws Exception {
    // Its output must be read to the end, lest it wait for a reader.
    while (notices.readLine() != null) {}
    return agent.waitFor();
  }

  private static void send(String signal, long pid) throws Exception {
    int status = new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
    assertThat(status).isZero();
  }
}
