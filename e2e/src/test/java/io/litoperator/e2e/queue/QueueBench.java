package io.litoperator.e2e.queue;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Crds;
import io.litoperator.controlplane.Endpoint;
import io.litoperator.controlplane.KubernetesVersion;
import io.litoperator.controlplane.Program;
import io.litoperator.controlplane.User;
import io.litoperator.e2e.program.AuditLog;
import io.litoperator.e2e.program.OperatorProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Kueue, the garbage collector and the operator as programs beside an API server, with Pods that
 * are simulated.
 */
final class QueueBench implements AutoCloseable {
  private static final Path REPOSITORY =
      Path.of(System.getProperty("repository", "..")).toAbsolutePath().normalize();

  private static final String NAMESPACE = "queued";
  private final ApiServer server;
  private final KubernetesClient client;
  private final AuditLog audit;
  private final String operatorUser;
  private final KueueProcess kueue;
  private final Program collector;
  private final OperatorProcess operator;
  private final SimulatedNode node;
  private final QueuedJobs jobs;

  private QueueBench(
      ApiServer server,
      KubernetesClient client,
      AuditLog audit,
      String operatorUser,
      KueueProcess kueue,
      Program collector,
      OperatorProcess operator) {
    this.server = server;
    this.client = client;
    this.audit = audit;
    this.operatorUser = operatorUser;
    this.kueue = kueue;
    this.collector = collector;
    this.operator = operator;
    this.node = new SimulatedNode(client, NAMESPACE);
    this.jobs = new QueuedJobs(client, NAMESPACE, node);
  }

  static QueueBench start(Path folder) throws IOException {
    Binaries binaries = Binaries.ofThisMachine();
    AuditLog audit = AuditLog.in(folder);
    User user =
        User.named("system:serviceaccount:" + NAMESPACE + ":lit-operator", "system:authenticated");
    List<String> flags = new ArrayList<>(audit.flags());
    flags.add("--disable-admission-plugins=ServiceAccount");
    flags.add("--endpoint-reconciler-type=none");
    ApiServer server =
        ApiServer.start(binaries, folder, Endpoint.onLoopback(), List.of(user), flags);
    KubernetesClient client = server.client();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    install(client);
    grant(client);
    KueueProcess kueue = KueueProcess.start(binaries, folder, server, client, NAMESPACE);
    Program collector = collector(binaries, folder, server);
    OperatorProcess operator =
        OperatorProcess.start(
            REPOSITORY.resolve("operator/target/quarkus-app/quarkus-run.jar"),
            server.kubeconfig(user),
            folder.resolve("operator.log"),
            NAMESPACE,
            "operator",
            Map.of());
    return new QueueBench(server, client, audit, user.name(), kueue, collector, operator);
  }

  private static void install(KubernetesClient client) throws IOException {
    Path crd = REPOSITORY.resolve("crds/littrainingjobs.lit-operator.io.yaml");
    try (InputStream text = Files.newInputStream(crd)) {
      Crds.install(
          client, client.apiextensions().v1().customResourceDefinitions().load(text).item());
    }
  }

  /** What the chart grants the operator, and no more. */
  private static void grant(KubernetesClient client) {
    String chart =
        new Helm(REPOSITORY.resolve("charts/lit-operator"))
            .template()
            .withName("lit-operator")
            .withNamespace(NAMESPACE)
            .withKubeVersion(KubernetesVersion.chosen().full())
            .call();
    client.load(KueueProcess.stream(chart)).items().stream()
        .filter(object -> object.getApiVersion().startsWith("rbac.authorization.k8s.io/"))
        .forEach(object -> client.resource(object).serverSideApply());
  }

  /** Of what an owner leaves; it learns at its start which kinds there are. */
  private static Program collector(Binaries binaries, Path folder, ApiServer server) {
    return Program.start(
        "kube-controller-manager",
        folder.resolve("kube-controller-manager.log"),
        List.of(
            binaries.path(Binary.KUBE_CONTROLLER_MANAGER).toString(),
            "--kubeconfig=" + server.kubeconfig(),
            "--controllers=garbage-collector-controller",
            "--bind-address=127.0.0.1",
            "--secure-port=" + Endpoint.onLoopback().port(),
            "--leader-elect=false"));
  }

  QueuedJobs jobs() {
    return jobs;
  }

  /** What the operator has written of a kind since a place in the audit log. */
  Map<String, Long> writes(long from, String resource) {
    return audit.count(
        from,
        operatorUser,
        request -> request.isWrite() && request.resource().startsWith(resource));
  }

  /** Of the audit log, where it ends. */
  long place() {
    return audit.size();
  }

  @Override
  public void close() {
    node.close();
    operator.close();
    collector.close();
    kueue.close();
    client.close();
    server.close();
  }
}
