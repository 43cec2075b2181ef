package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Lets the kernel end a process of a container for the container's use of memory. */
public final class MemoryPressure {
  /** Grows for ever: there is no last line. The kernel prefers it to all but the victim. */
  private static final String GLUTTON =
      "echo 500 > /proc/$$/oom_score_adj && echo $$ > %s/cgroup.procs && exec tail /dev/zero";

  private static final String THE_KERNELS_CHOICE = "1000";

  /** The kubelet may have given them nearly as much as the victim. */
  private static final String TO_BE_SPARED = "0";

  private MemoryPressure() {}

  /**
   * Lowers a container's limit to what it uses and lets another process in that takes more, until
   * the victim is gone. Left to itself the kernel takes the largest, which at times is the agent.
   */
  public static void on(Node node, String podUid, ProcessHandle victim) {
    Path group = node.container("memory", podUid);
    Path limit = group.resolve("memory.limit_in_bytes");
    try {
      for (long process : Cgroup.processes(group)) {
        adjustScore(process, TO_BE_SPARED);
      }
      adjustScore(victim.pid(), THE_KERNELS_CHOICE);
      String former = Files.readString(limit).strip();
      Files.writeString(limit, Files.readString(group.resolve("memory.usage_in_bytes")).strip());
      Process glutton = new ProcessBuilder("sh", "-c", GLUTTON.formatted(group)).start();
      try {
        Waiting.until("the end of a process of Pod " + podUid, () -> !victim.isAlive());
      } finally {
        glutton.destroyForcibly();
        restore(limit, former);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void restore(Path limit, String former) throws IOException {
    try {
      Files.writeString(limit, former, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      // The container has ended with its victim, and its group is gone.
    }
  }

  private static void adjustScore(long process, String to) throws IOException {
    Files.writeString(Path.of("/proc", String.valueOf(process), "oom_score_adj"), to);
  }
}
