package io.litoperator.e2e.scenario;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.litoperator.e2e.cluster.Cluster;
import io.litoperator.e2e.cluster.Node;
import io.litoperator.e2e.report.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The cluster with the operator installed, a namespace for jobs, and storage that they share. */
final class Testbed implements AutoCloseable {
  /** Where the jobs are. */
  static final String NAMESPACE = "jobs";

  /** Of GPUs, which the nodes only say that they have. */
  static final String GPU = "nvidia.com/gpu";

  private static final Duration TO_MOVE = Duration.ofMinutes(2);

  private final Path folder;
  private final Cluster cluster;
  private final OperatorRelease release;
  private final RunReport report;

  private Testbed(Path folder, Cluster cluster, OperatorRelease release, RunReport report) {
    this.folder = folder;
    this.cluster = cluster;
    this.release = release;
    this.report = report;
  }

  static Testbed start() {
    Instant begin = Instant.now();
    try {
      Path target = Files.createDirectories(Path.of("target")).toAbsolutePath();
      Path folder = Files.createTempDirectory(target, "cluster-");
      Cluster cluster = Cluster.start(folder, Images.archives());
      try {
        OperatorRelease release = OperatorRelease.install(cluster.server().kubeconfig(), Map.of());
        RunReport report = new RunReport(describe(cluster, begin));
        Testbed testbed = new Testbed(folder, cluster, release, report);
        testbed.makeNamespace(NAMESPACE);
        testbed.makeStorage();
        testbed.giveGpus("node1", 1);
        testbed.giveGpus("node2", 1);
        return testbed;
      } catch (RuntimeException e) {
        cluster.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Cluster cluster() {
    return cluster;
  }

  KubernetesClient client() {
    return cluster.client();
  }

  OperatorRelease release() {
    return release;
  }

  RunReport report() {
    return report;
  }

  /** What {@code pvc://checkpoints} is on this machine. */
  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Where what is left of jobs is kept. */
  Path evidence() {
    return folder.resolve("evidence");
  }

  /** The folder of the source code. */
  static Path repository() {
    return Path.of(System.getProperty("repository")).normalize();
  }

  /** Applies a job; the caller closes it. */
  RunningJob apply(JobFile file) {
    return RunningJob.apply(this, file);
  }

  /** Lets a node say how many GPUs it has; that is all by which Pods are placed and admitted. */
  void giveGpus(String node, int count) {
    client()
        .nodes()
        .withName(node)
        .editStatus(
            status -> {
              status.getStatus().getCapacity().put(GPU, new Quantity(String.valueOf(count)));
              return status;
            });
  }

  /** The operator's Pod, or one of them. */
  Pod operatorPod() {
    return client().pods().inNamespace(OperatorRelease.NAMESPACE).list().getItems().stream()
        .filter(Readiness::isPodReady)
        .findFirst()
        .orElseThrow();
  }

  /** The operator's Pod that holds the lease. */
  Pod leader() {
    String holder =
        client()
            .leases()
            .inNamespace(OperatorRelease.NAMESPACE)
            .withName(OperatorRelease.NAME)
            .require()
            .getSpec()
            .getHolderIdentity();
    return client().pods().inNamespace(OperatorRelease.NAMESPACE).withName(holder).require();
  }

  /**
   * Has the operator run on another node than this. On one that is dead to the control plane its
   * process would go on, but no Service leads to it: it would not be told that a job trains again.
   */
  void keepOperatorOff(Node node) {
    Pod pod = operatorPod();
    if (!pod.getSpec().getNodeName().equals(node.name())) {
      return;
    }
    setUnschedulable(node, true);
    try {
      client().resource(pod).delete();
      client()
          .pods()
          .inNamespace(OperatorRelease.NAMESPACE)
          .withLabel("app.kubernetes.io/name", OperatorRelease.NAME)
          .informOnCondition(pods -> pods.stream().anyMatch(each -> isReadyOffNode(each, node)))
          .get(TO_MOVE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The operator does not come up off " + node.name() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the operator left " + node.name(), e);
    } finally {
      setUnschedulable(node, false);
    }
  }

  private static boolean isReadyOffNode(Pod pod, Node node) {
    return Readiness.isPodReady(pod) && !node.name().equals(pod.getSpec().getNodeName());
  }

  private void setUnschedulable(Node node, boolean unschedulable) {
    client()
        .nodes()
        .withName(node.name())
        .edit(
            there -> {
              there.getSpec().setUnschedulable(unschedulable);
              return there;
            });
  }

  /** Kills the operator's process; its Pod starts another. */
  void killOperator() {
    Pod pod = operatorPod();
    cluster
        .node(pod.getSpec().getNodeName())
        .processes(pod.getMetadata().getUid())
        .forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    try (cluster) {
      report.write(folder.resolveSibling("cluster-report.md"));
      Pod operator = operatorPod();
      Evidence.keep(client(), operator, List.of(operator), evidence().resolve("operator"));
    }
  }

  private static String describe(Cluster cluster, Instant begin) {
    return "Kubernetes %s, %d nodes on %d processors, NetworkPolicies %s; with the operator after %d s."
        .formatted(
            cluster.client().getKubernetesVersion().getGitVersion(),
            cluster.nodes().size(),
            Runtime.getRuntime().availableProcessors(),
            cluster.enforcesPolicies() ? "enforced" : "NOT ENFORCED",
            Duration.between(begin, Instant.now()).toSeconds());
  }

  void makeNamespace(String name) {
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  private void makeStorage() throws IOException {
    // Every job's user may write here, as on a shared file system.
    Files.createDirectories(checkpoints());
    Files.setPosixFilePermissions(checkpoints(), PosixFilePermissions.fromString("rwxrwxrwx"));
    try (InputStream volume = Testbed.class.getResourceAsStream("checkpoints.yaml")) {
      String yaml = new String(volume.readAllBytes(), StandardCharsets.UTF_8);
      client().resourceList(yaml.replace("${folder}", checkpoints().toString())).serverSideApply();
    }
  }
}
