package io.litoperator.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a machine must have for nodes, and may have for more. */
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

  /** Whether it has what kube-router sets its rules with. */
  static boolean hasPacketFilter() {
    return Stream.of("iptables", "ipset").allMatch(Requirements::isProgram);
  }

  private static boolean isProgram(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
