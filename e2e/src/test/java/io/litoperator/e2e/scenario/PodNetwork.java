package io.litoperator.e2e.scenario;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.controlplane.Command;
import java.util.ArrayList;
import java.util.List;

/** The network as a Pod has it. */
final class PodNetwork {
  private final List<String> enter;

  private PodNetwork(List<String> enter) {
    this.enter = enter;
  }

  /** Of a Pod that has a node and its first process. */
  static PodNetwork of(Testbed testbed, Pod pod) {
    return new PodNetwork(
        testbed.cluster().node(pod.getSpec().getNodeName()).enterPod(pod.getMetadata().getUid()));
  }

  /** Ports at which it listens for others, of TCP. */
  List<Integer> listening() {
    return run("ss", "--no-header", "--listening", "--tcp", "--numeric")
        .lines()
        .map(line -> line.split("\\s+")[3])
        .filter(address -> !address.startsWith("127.") && !address.contains("[::1]"))
        .filter(address -> !address.contains("127.0.0.1]"))
        .map(address -> Integer.valueOf(address.substring(address.lastIndexOf(':') + 1)))
        .distinct()
        .toList();
  }

  /** Whether somebody accepts a connection by TCP within five seconds. */
  boolean reaches(String address, int port) {
    String connect =
        "timeout 5 bash -c '</dev/tcp/%s/%d' 2>/dev/null && echo reached || echo not"
            .formatted(address, port);
    return run("bash", "-c", connect).strip().equals("reached");
  }

  private String run(String... command) {
    List<String> within = new ArrayList<>(enter);
    within.addAll(List.of(command));
    return Command.run(within);
  }
}
