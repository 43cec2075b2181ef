package io.litoperator.e2e.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Program;
import io.litoperator.controlplane.User;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** kube-controller-manager, kube-scheduler and CoreDNS. */
final class Controllers implements AutoCloseable {
  private final Path folder;
  private final List<Program> programs = new ArrayList<>();

  private Controllers(Path folder) {
    this.folder = folder;
  }

  /** Who they are to the API server. */
  record Users(User controllerManager, User scheduler, User dns, User proxy, User router) {
    static Users make() {
      return new Users(
          User.named("system:kube-controller-manager"),
          User.named("system:kube-scheduler"),
          User.named("coredns"),
          User.named("system:kube-proxy"),
          User.named("kube-router"));
    }

    List<User> all() {
      return List.of(controllerManager, scheduler, dns, proxy, router);
    }
  }

  static Controllers start(
      Binaries binaries, Path folder, ApiServer server, Users users, KubernetesClient client) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Controllers controllers = new Controllers(folder);
    controllers.startControllerManager(binaries, server, users.controllerManager());
    controllers.startScheduler(binaries, server, users.scheduler());
    controllers.startDns(binaries, server, users.dns(), client);
    return controllers;
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
  }

  private void startControllerManager(Binaries binaries, ApiServer server, User user) {
    Path kubeconfig = server.kubeconfig(user);
    start(
        "kube-controller-manager",
        binaries.path(Binary.KUBE_CONTROLLER_MANAGER).toString(),
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--use-service-account-credentials",
        "--service-account-private-key-file=" + server.serviceAccountKey(),
        "--root-ca-file=" + server.authority(),
        "--allocate-node-cidrs=false",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--node-monitor-grace-period=12s",
        "--node-monitor-period=2s",
        "--kube-api-qps=500",
        "--kube-api-burst=1000");
  }

  private void startScheduler(Binaries binaries, ApiServer server, User user) {
    Path kubeconfig = server.kubeconfig(user);
    start(
        "kube-scheduler",
        binaries.path(Binary.KUBE_SCHEDULER).toString(),
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--kube-api-qps=500",
        "--kube-api-burst=1000");
  }

  private void startDns(Binaries binaries, ApiServer server, User user, KubernetesClient client) {
    try (InputStream access = Controllers.class.getResourceAsStream("coredns.yaml")) {
      client.load(access).serverSideApply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path corefile =
        Template.write(
            "Corefile",
            folder.resolve("Corefile"),
            Map.of("dns", Network.ADDRESS, "kubeconfig", server.kubeconfig(user)));
    start("coredns", binaries.path(Binary.COREDNS).toString(), "-conf", corefile.toString());
  }

  private void start(String name, String... command) {
    programs.add(Program.start(name, folder.resolve(name + ".log"), List.of(command)));
  }
}
