package io.litoperator.e2e.cluster;

import io.litoperator.controlplane.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * A bridge in this process's network namespace, with the control plane's address, and a network
 * namespace for each node behind it. All of it goes when this process's namespace goes.
 */
final class Network {
  /** Of the control plane. */
  static final String ADDRESS = "10.250.0.1";

  private static final String BRIDGE = "cluster0";

  private Network() {}

  static void open() {
    ip("link", "add", BRIDGE, "type", "bridge");
    ip("address", "add", ADDRESS + "/24", "dev", BRIDGE);
    ip("link", "set", BRIDGE, "up");
  }

  /** Joins nodes, numbered from 1, to the bridge, each with routes to all others' Pods. */
  static void join(int nodes) {
    for (int node = 1; node <= nodes; node++) {
      join(node, nodes);
    }
  }

  static String address(int node) {
    return "10.250.0." + (10 + node);
  }

  static String podNetwork(int node) {
    return "10.244.%d.0/24".formatted(node);
  }

  static String namespace(int node) {
    return "/run/netns/" + name(node);
  }

  /** What a command is preceded by to run in a node's network. */
  static List<String> enter(int node) {
    // Not ip netns exec: it mounts /sys anew, without the cgroups.
    return List.of("nsenter", "--net=" + namespace(node), "--");
  }

  private static void join(int node, int nodes) {
    String name = name(node);
    ip("netns", "add", name);
    ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
    ip("link", "set", name, "master", BRIDGE, "up");
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "address", "add", address(node) + "/24", "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "route", "add", "default", "via", ADDRESS);
    Command.run("nsenter", "--net=" + namespace(node), "sysctl", "-qw", "net.ipv4.ip_forward=1");
    ip("route", "add", podNetwork(node), "via", address(node));
    for (int other = 1; other <= nodes; other++) {
      if (other != node) {
        ip("-n", name, "route", "add", podNetwork(other), "via", address(other));
      }
    }
  }

  private static String name(int node) {
    return "node" + node;
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Command.run(command);
  }
}
