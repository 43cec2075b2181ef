package io.litoperator.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a machine must have for nodes. */
final class Requirements {
  private static final List<Path> CNI_FOLDERS =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

  private Requirements() {}

  /** Folder of the CNI plugins. */
  static Path cniPlugins() {
    return CNI_FOLDERS.stream()
        .filter(folder -> Files.isExecutable(folder.resolve("bridge")))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "No CNI plugins in " + CNI_FOLDERS + "; install containernetworking-plugins."));
  }
}
