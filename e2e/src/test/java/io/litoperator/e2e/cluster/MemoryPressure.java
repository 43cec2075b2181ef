package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets the kernel end a container for its use of memory. */
public final class MemoryPressure {
  /** Grows for ever: there is no last line. */
  private static final String GLUTTON = "echo $$ > %s/cgroup.procs && exec tail /dev/zero";

  private MemoryPressure() {}

  /**
   * Lowers a container's limit to what it uses, with its first process as the kernel's first
   * choice, and lets another process in that takes more, until the first is gone.
   */
  public static void on(Node node, String podUid) {
    ProcessHandle first =
        node.processes(podUid).stream().min((a, b) -> Long.compare(a.pid(), b.pid())).orElseThrow();
    Path group = node.container("memory", podUid);
    try {
      Files.writeString(Path.of("/proc", String.valueOf(first.pid()), "oom_score_adj"), "1000");
      String used = Files.readString(group.resolve("memory.usage_in_bytes")).strip();
      Files.writeString(group.resolve("memory.limit_in_bytes"), used);
      Process glutton = new ProcessBuilder("sh", "-c", GLUTTON.formatted(group)).start();
      try {
        Waiting.until("the end of the first process of Pod " + podUid, () -> !first.isAlive());
      } finally {
        glutton.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
