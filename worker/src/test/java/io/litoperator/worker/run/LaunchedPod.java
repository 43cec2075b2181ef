package io.litoperator.worker.run;

import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.cli.Lit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** {@code lit launch} as a process, with what a Pod would give it, on a loopback address. */
final class LaunchedPod implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Process process;
  private final Path folder;
  private int read;

  private LaunchedPod(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /**
   * @param gang folder with {@code etc} and {@code claims}
   * @param attempt that the Pod is made for
   * @param template what the job's template sets
   */
  static LaunchedPod start(
      Path gang,
      Path workingFolder,
      int index,
      int attempt,
      int port,
      Map<String, String> template) {
    Path folder = gang.resolve("pod-" + index + "-" + attempt);
    Map<String, String> environment =
        new TreeMap<>(
            Map.of(
                "MASTER_ADDR",
                "127.0.0.1",
                "MASTER_PORT",
                String.valueOf(port),
                "NODE_RANK",
                String.valueOf(index),
                "NNODES",
                "2",
                "LOCAL_WORLD_SIZE",
                "1",
                "LIT_ATTEMPT",
                String.valueOf(attempt),
                "POD_UID",
                "uid-" + index + "-" + attempt,
                "POD_IP",
                "127.0.0." + (index + 1),
                "NODE_NAME",
                "node-" + index));
    // A rank of the run on one machine has one processor too; the bits depend on that.
    environment.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1");
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.putAll(template);
    environment.put("LIT_OUTPUT", folder.toString());
    environment.put("LIT_CONFIG", gang.resolve("etc").toString());
    environment.put("LIT_CLAIMS", gang.resolve("claims").toString());
    environment.put("LIT_TERMINATION_LOG", folder.resolve("termination").toString());
    try {
      Files.createDirectories(folder);
      ProcessBuilder builder =
          new ProcessBuilder(JavaProcess.command(Lit.class, "launch"))
              .directory(workingFolder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile());
      builder.environment().putAll(environment);
      return new LaunchedPod(builder.start(), folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line after those that were waited for before. */
  LaunchedPod await(Predicate<String> line) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      boolean ended = !process.isAlive();
      List<String> lines = log();
      while (read < lines.size()) {
        if (line.test(lines.get(read++))) {
          return this;
        }
      }
      if (ended) {
        throw new AssertionError("the Pod ended first:\n" + String.join("\n", lines));
      }
      LockSupport.parkNanos(1_000_000);
    }
    throw new AssertionError("no such line within " + PATIENCE + ":\n" + String.join("\n", log()));
  }

  /** All whole lines so far. */
  List<String> log() {
    try {
      String text = Files.readString(folder.resolve("log"));
      return new ArrayList<>(text.substring(0, text.lastIndexOf('\n') + 1).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String terminationMessage() throws IOException {
    return Files.readString(folder.resolve("termination"));
  }

  RankProcesses ranks() {
    return new RankProcesses(process.toHandle());
  }

  void signal(String name) {
    RankProcesses.signal(name, process.pid());
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the Pod does not end:\n" + String.join("\n", log()));
    }
    return process.exitValue();
  }

  /** As the kubelet does when a container's first process has ended. */
  @Override
  public void close() {
    List<ProcessHandle> ranks = process.descendants().toList();
    process.destroyForcibly();
    ranks.forEach(ProcessHandle::destroyForcibly);
  }
}
