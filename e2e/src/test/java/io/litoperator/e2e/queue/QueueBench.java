package io.litoperator.e2e.queue;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Kueue, the garbage collector and the operator as programs beside an API server, with Pods that
 * are simulated.
 */
final class QueueBench implements AutoCloseable {
  private static final Path REPOSITORY =
      Path.of(System.getProperty("repository", "..")).toAbsolutePath().normalize();

  private static final String NAMESPACE = "queued";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final ResourceDefinitionContext WORKLOAD = kueue("Workload", "workloads", true);
  private static final ResourceDefinitionContext CLUSTER_QUEUE =
      kueue("ClusterQueue", "clusterqueues", false);

  private final ApiServer server;
  private final KubernetesClient client;
  private final AuditLog audit;
  private final String operatorUser;
  private final KueueProcess kueue;
  private final Program collector;
  private final OperatorProcess operator;
  private final SimulatedNode node;

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

  KubernetesClient client() {
    return client;
  }

  /** What the operator has written of a kind since a place in the audit log. */
  Map<String, Long> writes(long from, String resource) {
    return audit.count(
        from,
        operatorUser,
        request -> request.isWrite() && request.resource().startsWith(resource));
  }

  long place() {
    return audit.size();
  }

  SimulatedNode node() {
    return node;
  }

  /** Makes a cluster queue and a local queue of this name, with so many processors. */
  void queue(String name, int cpu) {
    client
        .load(
            KueueProcess.stream(
                KueueProcess.text("queues.yaml")
                    .replace("${queue}", name)
                    .replace("${namespace}", NAMESPACE)
                    .replace("${cpu}", String.valueOf(cpu))))
        .serverSideApply();
    waiting("queue " + name).until(() -> isActive(name));
  }

  private boolean isActive(String queue) {
    return isTrue(
        client.genericKubernetesResources(CLUSTER_QUEUE).withName(queue).require(), "Active");
  }

  /** Creates a job, of which each Pod asks for a processor. */
  void create(String name, int nodes, String queue, String... more) {
    String text =
        KueueProcess.text("job.yaml")
                .replace("${name}", name)
                .replace("${nodes}", String.valueOf(nodes))
                .replace("${queue}", queue)
            + String.join("\n", more);
    LitTrainingJob job = Serialization.unmarshal(text, LitTrainingJob.class);
    job.getMetadata().setNamespace(NAMESPACE);
    client.resource(job).create();
  }

  LitTrainingJobStatus await(String job, Phase phase) {
    return awaitStatus(job, phase.toString(), status -> status.phase() == phase);
  }

  LitTrainingJobStatus awaitStatus(
      String job, String what, Predicate<LitTrainingJobStatus> condition) {
    return waiting(job + " is " + what)
        .until(() -> job(job).getStatus(), status -> status != null && condition.test(status));
  }

  LitTrainingJob job(String name) {
    return client.resources(LitTrainingJob.class).inNamespace(NAMESPACE).withName(name).require();
  }

  void patch(String job, String spec) {
    client
        .resources(LitTrainingJob.class)
        .inNamespace(NAMESPACE)
        .withName(job)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": %s}".formatted(spec));
  }

  void delete(String job) {
    client.resources(LitTrainingJob.class).inNamespace(NAMESPACE).withName(job).delete();
  }

  /** By their index, those that are about to go too. */
  List<Pod> pods(String job) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("lit-operator.io/job", job)
        .list()
        .getItems()
        .stream()
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .toList();
  }

  /** Waits until so many Pods run and none else is there. */
  List<Pod> awaitRunning(String job, int count) {
    return waiting(job + " runs")
        .until(
            () -> pods(job),
            pods -> pods.size() == count && pods.stream().allMatch(QueueBench::isRunning));
  }

  /** Waits until another Pod runs under its name. */
  void awaitSuccessor(Pod pod) {
    waiting("successor of " + pod.getMetadata().getName())
        .until(
            () -> client.resource(pod).get(),
            now ->
                now != null
                    && isRunning(now)
                    && !now.getMetadata().getUid().equals(pod.getMetadata().getUid()));
  }

  /** Waits until neither Pods nor a Workload are left of a job. */
  void awaitGone(String job) {
    waiting(job + "'s Pods and Workload are gone")
        .until(() -> pods(job).isEmpty() && workload(job).isEmpty());
  }

  private static boolean isRunning(Pod pod) {
    return "Running".equals(pod.getStatus().getPhase())
        && pod.getMetadata().getDeletionTimestamp() == null;
  }

  /** All Pods exit with 0. */
  void succeed(String job) {
    pods(job).forEach(pod -> node.exit(pod, 0));
  }

  Optional<GenericKubernetesResource> workload(String job) {
    return Optional.ofNullable(
        client.genericKubernetesResources(WORKLOAD).inNamespace(NAMESPACE).withName(job).get());
  }

  void setActive(String job, boolean active) {
    client
        .resource(workload(job).orElseThrow())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"active\": %s}}".formatted(active));
  }

  boolean workloadIs(String job, String condition) {
    return workload(job).filter(workload -> isTrue(workload, condition)).isPresent();
  }

  /** Processors of a queue that are taken. */
  String used(String queue) {
    return Objects.toString(
        client
            .genericKubernetesResources(CLUSTER_QUEUE)
            .withName(queue)
            .require()
            .get("status", "flavorsUsage", 0, "resources", 0, "total"));
  }

  void awaitUsed(String queue, int cpu) {
    waiting(queue + "'s quota").until(() -> used(queue), used -> used.equals(String.valueOf(cpu)));
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

  private static ConditionFactory waiting(String what) {
    return Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(100));
  }

  private static boolean isTrue(GenericKubernetesResource resource, String type) {
    return resource.get("status", "conditions") instanceof List<?> conditions
        && conditions.stream()
            .map(condition -> (Map<?, ?>) condition)
            .anyMatch(
                condition ->
                    type.equals(condition.get("type")) && "True".equals(condition.get("status")));
  }

  private static ResourceDefinitionContext kueue(String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup("kueue.x-k8s.io")
        .withVersion("v1beta2")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
