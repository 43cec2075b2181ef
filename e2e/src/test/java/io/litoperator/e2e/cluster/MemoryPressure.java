package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Lets the kernel end a container for its use of memory. */
public final class MemoryPressure {
  /** Grows for ever: there is no last line. */
  private static final String GLUTTON = "echo $$ > %s/cgroup.procs && exec tail /dev/zero";

  private MemoryPressure() {}

  /**
   * Lowers a container's limit to what it uses and lets another process in that takes more, until
   * one of the container's own is gone: a rank, as these use most.
   */
  public static void on(Node node, String podUid) {
    List<ProcessHandle> own = node.processes(podUid);
    Path group = node.container("memory", podUid);
    try {
      String used = Files.readString(group.resolve("memory.usage_in_bytes")).strip();
      Files.writeString(group.resolve("memory.limit_in_bytes"), used);
      Process glutton = new ProcessBuilder("sh", "-c", GLUTTON.formatted(group)).start();
      try {
        Waiting.until(
            "the end of a process of Pod " + podUid,
            () -> own.stream().anyMatch(process -> !process.isAlive()));
      } finally {
        glutton.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
