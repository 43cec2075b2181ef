package io.litoperator.e2e.cluster;

import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Command;
import io.litoperator.controlplane.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** containerd, kubelet, kube-proxy and kube-router in namespaces of their own. */
public final class Node implements AutoCloseable {
  private final int number;
  private final Path folder;
  private final Cgroup cgroup;
  private final Deque<Program> programs = new ArrayDeque<>();

  private Node(int number, Path folder, Cgroup cgroup) {
    this.number = number;
    this.folder = folder;
    this.cgroup = cgroup;
  }

  /** What the node's programs reach the API server with. */
  record Kubeconfigs(Path kubelet, Path proxy) {}

  /**
   * Starts the node's programs; it is ready when the API server says so.
   *
   * @param images archives to load first
   */
  static Node start(
      int number, Path folder, Kubeconfigs kubeconfigs, Binaries binaries, List<Path> images) {
    Node node = new Node(number, folder, Cgroup.make("lit-e2e-node" + number));
    try {
      node.writeFiles(kubeconfigs.proxy());
      node.startContainerd();
      images.forEach(node::load);
      node.startKubelet(binaries, kubeconfigs.kubelet());
      node.startProxy(binaries);
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  public String name() {
    return "node" + number;
  }

  /** In the nodes' network. */
  public String address() {
    return Network.address(number);
  }

  /** Stops the kubelet's process, not the containers': to the control plane the node is dead. */
  public void freeze() {
    kubelet().signal("STOP");
  }

  /** The opposite of {@link #freeze}. */
  public void thaw() {
    kubelet().signal("CONT");
  }

  /** The folder of a Pod's container in a controller's hierarchy. */
  public Path container(String controller, String podUid) {
    return cgroup.container(controller, podUid);
  }

  /** Processes of a Pod's container. */
  public List<ProcessHandle> processes(String podUid) {
    return Cgroup.processes(container("pids", podUid)).stream()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  /** What a command is preceded by to run in a Pod's network. */
  public List<String> enterPod(String podUid) {
    long process = cgroup.processesOfPod(podUid).findAny().orElseThrow();
    return List.of("nsenter", "--net", "--target=" + process, "--");
  }

  /** The folder with a Pod's volumes, as this machine sees it. */
  public Path volumes(String podUid) {
    return folder.resolve("kubelet/pods").resolve(podUid).resolve("volumes");
  }

  @Override
  public void close() {
    // The kubelet first, so that it starts nothing again; containers go with the group.
    programs.forEach(
        program -> {
          program.signal("CONT");
          program.close();
        });
    cgroup.remove();
  }

  private Program kubelet() {
    return program("kubelet");
  }

  private Program program(String name) {
    return programs.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  private void writeFiles(Path proxyKubeconfig) {
    Map<String, Object> values =
        Map.of(
            "node",
            folder,
            "address",
            Network.address(number),
            "dns",
            Network.ADDRESS,
            "podNetwork",
            Network.podNetwork(number),
            "cgroup",
            cgroup.path(),
            "pauseImage",
            PauseImage.NAME,
            "cniPlugins",
            Requirements.cniPlugins(),
            "kubeconfig",
            proxyKubeconfig);
    Template.write("containerd.toml", folder.resolve("containerd.toml"), values);
    Template.write("kubelet.yaml", folder.resolve("kubelet.yaml"), values);
    Template.write("kube-proxy.yaml", folder.resolve("kube-proxy.yaml"), values);
    Template.write("network.conflist", folder.resolve("network/10-pods.conflist"), values);
    try {
      // Names outside the cluster are not resolved.
      Files.writeString(folder.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void startContainerd() {
    List<String> command = new ArrayList<>(Network.enter(number));
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--"));
    command.add(Path.of("cluster/node.sh").toAbsolutePath().toString());
    command.add(folder.toString());
    command.addAll(List.of("containerd", "--config", folder.resolve("containerd.toml").toString()));
    Program containerd = start("containerd", command);
    Waiting.until(
        "containerd of " + name(),
        () -> {
          containerd.requireAlive();
          return Files.exists(socket());
        });
  }

  private void load(Path image) {
    Command.run(
        "ctr", "-a", socket().toString(), "-n", "k8s.io", "images", "import", image.toString());
  }

  private void startKubelet(Binaries binaries, Path kubeconfig) {
    startInside(
        "kubelet",
        binaries.path(Binary.KUBELET).toString(),
        "--config=" + folder.resolve("kubelet.yaml"),
        "--kubeconfig=" + kubeconfig,
        "--hostname-override=" + name(),
        "--node-ip=" + Network.address(number),
        "--cert-dir=" + folder.resolve("certificates"));
  }

  private void startProxy(Binaries binaries) {
    startInside(
        "kube-proxy",
        binaries.path(Binary.KUBE_PROXY).toString(),
        "--config=" + folder.resolve("kube-proxy.yaml"),
        "--hostname-override=" + name());
  }

  /** kube-router, for NetworkPolicies alone; the API server must know the node. */
  void startRouter(Binaries binaries, Path kubeconfig) {
    startInside(
        "kube-router",
        binaries.path(Binary.KUBE_ROUTER).toString(),
        "--kubeconfig=" + kubeconfig,
        "--hostname-override=" + name(),
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--health-port=0");
  }

  /** In containerd's namespaces, which are the node's. */
  private void startInside(String program, String... arguments) {
    long containerd = program("containerd").pid();
    List<String> command =
        new ArrayList<>(List.of("nsenter", "--target=" + containerd, "--mount", "--net", "--"));
    command.addAll(List.of(arguments));
    start(program, command);
  }

  private Program start(String program, List<String> command) {
    Program started = Program.start(program, folder.resolve(program + ".log"), command);
    programs.addFirst(started);
    return started;
  }

  private Path socket() {
    return folder.resolve("containerd.sock");
  }
}
