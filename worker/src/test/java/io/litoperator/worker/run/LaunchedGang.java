package io.litoperator.worker.run;

import io.litoperator.worker.distributed.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A job's two Pods, a rank each, with the configuration and the claim that they share. */
final class LaunchedGang implements AutoCloseable {
  private final Path gang;
  private final Path workingFolder;
  private final IntFunction<Map<String, String>> template;
  private final int port;
  private final List<LaunchedPod> pods = new ArrayList<>();

  private LaunchedGang(
      Path gang, Path workingFolder, IntFunction<Map<String, String>> template, int port) {
    this.gang = gang;
    this.workingFolder = workingFolder;
    this.template = template;
    this.port = port;
  }

  /**
   * @param gang new folder
   * @param yaml the job, whose paths are relative to the working folder
   * @param template environment of the node's Pod beside what the operator sets
   */
  static LaunchedGang of(
      Path gang, String yaml, Path workingFolder, IntFunction<Map<String, String>> template)
      throws IOException {
    Path etc = Files.createDirectories(gang.resolve("etc"));
    Files.writeString(etc.resolve("job.yaml"), yaml);
    Files.writeString(etc.resolve("token"), Secret.random().hex());
    Files.createDirectories(gang.resolve("claims/ckpt"));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new LaunchedGang(gang, workingFolder, template, free.getLocalPort());
    }
  }

  /** The job of one machine's two ranks, on two nodes that share a claim. */
  static String yaml(TinyJob job) throws IOException {
    return Files.readString(job.folder().resolve("job.yaml"))
        .replaceFirst("ranksPerNode: \\d", "nodes: 2, ranksPerNode: 1")
        .replace("keep: 4}", "keep: 4, destination: \"pvc://ckpt/runs\"}");
  }

  LaunchedPod pod(int index, int attempt) {
    LaunchedPod pod =
        LaunchedPod.start(gang, workingFolder, index, attempt, port, template.apply(index));
    pods.add(pod);
    return pod;
  }

  /** Where checkpoints are. */
  Path checkpoints() {
    return gang.resolve("claims/ckpt/runs/tiny");
  }

  @Override
  public void close() {
    pods.forEach(LaunchedPod::close);
  }
}
