package io.litoperator.worker.distributed.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a rank is started; the same for all ranks, which learn from {@link RankEnvironment} who they
 * are.
 *
 * @param command program and arguments
 * @param environment added to the agent's own
 */
public record RankCommand(List<String> command, Map<String, String> environment) {
  /**
   * oneDNN keeps its kernels by the shape that they are for, 1024 of them, 190 MB: with sequences
   * of any length hardly any is used again, and another is made in 0.1 ms.
   *
   * <p>The C library gives each thread an arena of pieces of 64 MB, into whose ends a tensor of
   * some MB seldom fits, so all threads have one. Aligning a tensor cuts off some bytes at its
   * ends, which it would keep at hand for small objects (tcache, fast bins): unless they go back at
   * once, the tensor's place is too small for the next of its size. What lies free at the arena's
   * end stays, up to 128 MiB: each page that a step takes anew from the kernel costs 2 µs. A fixed
   * bound for that fixes the size from which tensors have pages of their own, too; 32 MiB is the
   * most.
   */
  private static final Map<String, String> LITTLE_MEMORY =
      Map.of(
          "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64",
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_TRIM_THRESHOLD_", String.valueOf(128 << 20),
          "MALLOC_MMAP_THRESHOLD_", String.valueOf(32 << 20),
          "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0");

  public RankCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * A class of this program, in a Java process like this one. Its heap starts small, since what is
   * large in a rank lies outside of it.
   */
  public static RankCommand java(String mainClass, String... arguments) {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms32m",
            "-cp",
            System.getProperty("java.class.path"),
            mainClass);
    return new RankCommand(Stream.concat(java, Stream.of(arguments)).toList(), LITTLE_MEMORY);
  }
}
