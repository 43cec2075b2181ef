package io.litoperator.worker.run;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The rank processes of a run: whatever children the process that runs it has. */
record RankProcesses(ProcessHandle parent) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static RankProcesses ofThisProcess() {
    return new RankProcesses(ProcessHandle.current());
  }

  List<ProcessHandle> alive() {
    return parent.children().filter(ProcessHandle::isAlive).toList();
  }

  /** Waits until there is one. */
  ProcessHandle any(Random random) {
    List<ProcessHandle> ranks = await(this::alive, "no rank process");
    return ranks.get(random.nextInt(ranks.size()));
  }

  static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks again and again, in the shortest of intervals, until a list has something in it. */
  static <T> List<T> await(Supplier<List<T>> wanted, String otherwise) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      List<T> found = wanted.get();
      if (!found.isEmpty()) {
        return found;
      }
      LockSupport.parkNanos(100_000);
    }
    throw new AssertionError(otherwise + " within " + PATIENCE);
  }
}
