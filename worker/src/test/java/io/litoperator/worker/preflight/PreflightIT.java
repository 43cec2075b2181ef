package io.litoperator.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.cli.Lit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are checked together: {@code lit} as processes that meet on loopback. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PreflightIT {
  @TempDir Path folder;
  private final List<Node> started = new ArrayList<>();
  private int port;

  private record Node(Process process, Path out, Path err) {
    int exitCode() throws InterruptedException {
      return process.waitFor();
    }

    String errors() throws IOException {
      return Files.readString(err);
    }

    /** Waits for a process of a rank. */
    ProcessHandle rank() throws InterruptedException {
      while (process.children().findAny().isEmpty()) {
        assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as("ended first").isFalse();
      }
      return process.children().findAny().orElseThrow();
    }

    void awaitError(String words) throws Exception {
      while (!errors().contains(words)) {
        assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).as("ended first").isFalse();
      }
    }
  }

  @BeforeEach
  void chooseAPort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void endAll() {
    for (Node node : started) {
      List<ProcessHandle> ranks = node.process().descendants().toList();
      node.process().destroyForcibly();
      ranks.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void theFirstNodeTellsOfAllRanksAndOfTheirSum() throws Exception {
    Node first = start(0, "--nodes", "2", "--ranks", "2");
    Node second = start(1, "--nodes", "2", "--ranks", "2");

    assertThat(first.exitCode()).as(first.errors()).isZero();
    assertThat(second.exitCode()).as(second.errors()).isZero();
    assertThat(Files.readString(first.out()))
        .containsSubsequence(
            "libtorch", "rank  node", "   0  gpu-0", "   1  gpu-0", "   2  gpu-1", "   3  gpu-1")
        .containsPattern(
            "sum of 16 MiB over 4 ranks: \\d+\\.\\d+ GB/s algorithm bandwidth, \\d+\\.\\d+ GB/s bus");
    assertThat(second.out()).isEmptyFile();
    assertThat(folder.resolve("1/logs/rank-3.log")).exists();
  }

  @Test
  void theNodeThatNeverComesIsNamedOnAll() throws Exception {
    Node second = start(1, "--nodes", "3");
    second.awaitError("Waiting for the coordinator");
    Node first = start(0, "--nodes", "3", "--wait", "15");

    assertThat(first.exitCode()).isEqualTo(76);
    assertThat(second.exitCode()).isEqualTo(76);
    String sentence =
        "Of 3 nodes, number 2 did not come to 127.0.0.1:%d within 15 s; see".formatted(port);
    assertThat(first.errors()).contains(sentence);
    assertThat(second.errors()).contains(sentence);
  }

  @Test
  void nodesOfDifferentNumbersOfRanksAreRefused() throws Exception {
    Node first = start(0, "--nodes", "2", "--ranks", "2");
    Node second = start(1, "--nodes", "2", "--ranks", "1");

    assertThat(first.exitCode()).isEqualTo(64);
    assertThat(second.exitCode()).isEqualTo(64);
    assertThat(first.errors())
        .contains("Node 1 (gpu-1) was started for lit ", "2 nodes of 1 ranks", "start all alike.");
    assertThat(second.errors()).contains("start all alike.");
  }

  @Test
  void theRankThatDiesIsNamedOnAll() throws Exception {
    Node first = start(0, "--nodes", "2");
    Node second = start(1, "--nodes", "2");

    second.rank().destroyForcibly();

    assertThat(first.exitCode()).isEqualTo(76);
    assertThat(second.exitCode()).isEqualTo(76);
    assertThat(first.errors()).contains("Rank 1 was killed by signal 9", "on node gpu-1");
    assertThat(second.errors()).contains("Rank 1 was killed by signal 9");
  }

  @Test
  void theNodeThatIsLostIsNamed() throws Exception {
    Node first = start(0, "--nodes", "3");
    Node second = start(1, "--nodes", "3");
    Node third = start(2, "--nodes", "3");
    third.rank();

    third.process().destroyForcibly();

    assertThat(first.exitCode()).isEqualTo(76);
    assertThat(second.exitCode()).isEqualTo(76);
    assertThat(first.errors()).contains("Node 2 (gpu-2) was lost.");
    assertThat(second.errors()).contains("Node 2 (gpu-2) was lost.");
  }

  private Node start(int number, String... options) throws IOException {
    List<String> command =
        JavaProcess.command(
            Lit.class,
            "preflight",
            "--device=cpu",
            "--node=" + number,
            "--coordinator=127.0.0.1:" + port,
            "--output=" + folder.resolve(String.valueOf(number)));
    command.addAll(List.of(options));
    Path out = folder.resolve(number + ".out");
    Path err = folder.resolve(number + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("NODE_NAME", "gpu-" + number);
    Node node = new Node(builder.start(), out, err);
    started.add(node);
    return node;
  }
}
