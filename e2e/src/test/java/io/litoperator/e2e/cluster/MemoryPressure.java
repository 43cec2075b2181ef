package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets the kernel end a container for its use of memory. */
public final class MemoryPressure {
  private static final String LIMIT = "memory.limit_in_bytes";

  private MemoryPressure() {}

  /**
   * Lowers a container's limit below what it uses, with its first process as the kernel's first
   * choice, until that process is gone.
   */
  public static void on(Node node, String podUid) {
    ProcessHandle first =
        node.processes(podUid).stream().min((a, b) -> Long.compare(a.pid(), b.pid())).orElseThrow();
    Path group = node.container("memory", podUid);
    try {
      Files.writeString(Path.of("/proc", String.valueOf(first.pid()), "oom_score_adj"), "1000");
      Waiting.until(
          "the end of the first process of Pod " + podUid,
          () -> {
            lower(group);
            return !first.isAlive();
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void lower(Path group) {
    try {
      long used = Long.parseLong(Files.readString(group.resolve("memory.usage_in_bytes")).strip());
      Files.writeString(group.resolve(LIMIT), String.valueOf(used - used / 16));
    } catch (IOException e) {
      // What is in use cannot be given back at once: the next try, or the kernel, comes sooner.
      return;
    }
  }
}
