package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The kernel's count of processes of this container that it has ended because the memory limit was
 * reached.
 *
 * @param kills so far; absent where the control group cannot be read
 */
record MemoryLimit(OptionalLong kills) {
  private static final List<Path> FILES =
      List.of(
          Path.of("/sys/fs/cgroup/memory.events"),
          Path.of("/sys/fs/cgroup/memory/memory.oom_control"));

  static MemoryLimit now() {
    return of(FILES);
  }

  /** Reads the first of the files that there is: version 2's of control groups, version 1's. */
  static MemoryLimit of(List<Path> files) {
    for (Path file : files) {
      try {
        return new MemoryLimit(
            Files.readAllLines(file).stream()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 2 && words[0].equals("oom_kill"))
                .mapToLong(words -> Long.parseLong(words[1]))
                .findFirst());
      } catch (IOException | NumberFormatException e) {
        // The other version's file is the one to read, or none is readable in this container.
        continue;
      }
    }
    return new MemoryLimit(OptionalLong.empty());
  }

  /** Whether the kernel has ended a process since. */
  boolean wasReached() {
    return isBefore(now());
  }

  boolean isBefore(MemoryLimit later) {
    return kills.isPresent()
        && later.kills().isPresent()
        && later.kills().getAsLong() > kills.getAsLong();
  }
}
