package io.litoperator.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Endpoint;
import io.litoperator.controlplane.User;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A control plane in this process's network namespace, and nodes beside it, until closed.
 *
 * <p>A node that tells nothing is unreachable after 12 seconds (50 by default), so that a test of
 * its failure does not take minutes.
 */
public final class Cluster implements AutoCloseable {
  private static final int NODES = 2;

  private final ApiServer server;
  private final Controllers controllers;
  private final List<Node> nodes;
  private final KubernetesClient client;

  private Cluster(
      ApiServer server, Controllers controllers, List<Node> nodes, KubernetesClient client) {
    this.server = server;
    this.controllers = controllers;
    this.nodes = nodes;
    this.client = client;
  }

  /**
   * Starts all of it and waits until every node is ready.
   *
   * @param folder for all that is written, by containers too
   * @param images archives that every node has
   */
  public static Cluster start(Path folder, List<Path> images) {
    Binaries binaries = Binaries.ofThisMachine();
    Network.open();
    Network.join(NODES);

    Controllers.Users controllerUsers = Controllers.Users.make();
    List<User> nodeUsers = new ArrayList<>();
    for (int number = 1; number <= NODES; number++) {
      nodeUsers.add(User.named("system:node:node" + number, "system:nodes"));
    }
    List<User> users = new ArrayList<>(controllerUsers.all());
    users.addAll(nodeUsers);
    ApiServer server =
        ApiServer.start(
            binaries,
            folder.resolve("apiserver"),
            new Endpoint(Network.ADDRESS, 6443),
            users,
            List.of(
                "--allow-privileged=true",
                "--enable-admission-plugins=NodeRestriction",
                "--kubelet-preferred-address-types=InternalIP"));
    KubernetesClient client = server.client();
    Controllers controllers =
        Controllers.start(binaries, folder.resolve("controllers"), server, controllerUsers, client);

    List<Path> allImages = new ArrayList<>(images);
    allImages.add(PauseImage.write(binaries.path(Binary.PAUSE), folder.resolve("pause")));
    List<Node> nodes = new ArrayList<>();
    Cluster cluster = new Cluster(server, controllers, nodes, client);
    try {
      for (int number = 1; number <= NODES; number++) {
        Node.Kubeconfigs kubeconfigs =
            new Node.Kubeconfigs(
                server.kubeconfig(nodeUsers.get(number - 1)),
                server.kubeconfig(controllerUsers.proxy()));
        nodes.add(
            Node.start(number, folder.resolve("node" + number), kubeconfigs, binaries, allImages));
      }
      cluster.awaitNodes();
      if (cluster.enforcesPolicies()) {
        cluster.startEnforcing(binaries, server.kubeconfig(controllerUsers.router()));
      }
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The administrator's. */
  public KubernetesClient client() {
    return client;
  }

  public ApiServer server() {
    return server;
  }

  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  public Node node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
  }

  /** Of the control plane and its DNS, and of this process, in the nodes' network. */
  public String address() {
    return Network.ADDRESS;
  }

  /** Whether NetworkPolicies have an effect: where this machine has iptables and ipset. */
  public boolean enforcesPolicies() {
    return Requirements.hasPacketFilter();
  }

  @Override
  public void close() {
    client.close();
    nodes.forEach(Node::close);
    controllers.close();
    server.close();
  }

  private void startEnforcing(Binaries binaries, Path kubeconfig) {
    try (InputStream access = Cluster.class.getResourceAsStream("kube-router.yaml")) {
      client.load(access).serverSideApply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nodes.forEach(node -> node.startRouter(binaries, kubeconfig));
  }

  private void awaitNodes() {
    for (Node node : nodes) {
      client.nodes().withName(node.name()).waitUntilReady(5, TimeUnit.MINUTES);
    }
  }
}
