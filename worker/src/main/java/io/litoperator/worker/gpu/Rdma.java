package io.litoperator.worker.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adapters for InfiniBand and RoCE, which NCCL passes over in silence where it cannot use them. */
public final class Rdma {
  private static final String LIBRARY = "libibverbs.so.1";

  /** By which a user has NCCL do something else. */
  private static final Set<String> OWN_CHOICE =
      Set.of("NCCL_IB_DISABLE", "NCCL_NET", "NCCL_NET_PLUGIN");

  private Rdma() {}

  /**
   * Why NCCL will not use this node's adapters.
   *
   * @param root of the file system
   * @return for people; absent if there are none, or nothing is known to be in its way
   */
  public static Optional<String> obstacle(Path root, Map<String, String> environment) {
    if (environment.keySet().stream().anyMatch(OWN_CHOICE::contains)) {
      return Optional.empty();
    }
    try {
      String adapters = adapters(root.resolve("sys/class/infiniband"));
      if (adapters.isEmpty()) {
        return Optional.empty();
      }
      if (!isInstalled(root, environment)) {
        return Optional.of("%s cannot be used without %s".formatted(adapters, LIBRARY));
      }
      return Files.exists(root.resolve("dev/infiniband"))
          ? Optional.empty()
          : Optional.of(adapters + " cannot be used without /dev/infiniband");
    } catch (IOException | UncheckedIOException e) {
      return Optional.of("whether adapters can be used cannot be told (" + e.getMessage() + ")");
    }
  }

  private static String adapters(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return "";
    }
    try (Stream<Path> adapters = Files.list(folder)) {
      return adapters
          .map(path -> path.getFileName().toString())
          .sorted()
          .collect(Collectors.joining(", "));
    }
  }

  /** As the loader looks for it. */
  private static boolean isInstalled(Path root, Map<String, String> environment)
      throws IOException {
    Stream<String> folders =
        Stream.concat(
            Stream.of(environment.getOrDefault("LD_LIBRARY_PATH", "").split(":")),
            List.of("usr/lib64", "usr/lib", "usr/lib/x86_64-linux-gnu").stream());
    if (folders
        .filter(folder -> !folder.isEmpty())
        .map(folder -> root.resolve(folder.replaceFirst("^/+", "")))
        .anyMatch(folder -> Files.exists(folder.resolve(LIBRARY)))) {
      return true;
    }
    Path cache = root.resolve("etc/ld.so.cache");
    return Files.exists(cache)
        && new String(Files.readAllBytes(cache), StandardCharsets.ISO_8859_1).contains(LIBRARY);
  }
}
