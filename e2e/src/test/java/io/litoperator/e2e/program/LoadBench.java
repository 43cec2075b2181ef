package io.litoperator.e2e.program;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServer;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Crds;
import io.litoperator.controlplane.Endpoint;
import io.litoperator.controlplane.User;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The operator's program beside an API server, with Pods that are simulated. */
final class LoadBench implements AutoCloseable {
  /** Of the tests; the load run is told its own. */
  static final Path REPOSITORY =
      Path.of(System.getProperty("repository", "..")).toAbsolutePath().normalize();

  static final String OPERATOR_POD = "load";

  private static final String NAMESPACE = "load";
  private static final String JOBS =
      "/apis/lit-operator.io/v1alpha1/namespaces/" + NAMESPACE + "/littrainingjobs";
  private static final String JOB =
      """
      {
        "apiVersion": "lit-operator.io/v1alpha1",
        "kind": "LitTrainingJob",
        "metadata": {"name": "%s"},
        "spec": {
          "model": {
            "languageModel": {"source": "model/language-model"},
            "visionTower": {"source": "model/vision-tower"}
          },
          "finetune": {
            "dataset": [{"annotations": "data/finetune.json", "images": "data"}],
            "maxSteps": 350,
            "globalBatchSize": 32
          },
          "checkpoints": {"destination": "pvc://checkpoints/jobs"},
          "precision": "fp32",
          "topology": {"nodes": 2, "ranksPerNode": 1, "device": "cpu"}
        }
      }
      """;

  private final Path repository;
  private final Path folder;
  private final ApiServer server;
  private final KubernetesClient client;
  private final AuditLog audit;
  private final User operatorUser;
  private final OperatorProcess operator;
  private final SimulatedPods pods;

  /** Null until somebody asks for jobs: watching them takes time of what is measured. */
  private SharedIndexInformer<LitTrainingJob> jobs;

  private LoadBench(
      Path repository,
      Path folder,
      ApiServer server,
      KubernetesClient client,
      AuditLog audit,
      User operatorUser,
      OperatorProcess operator) {
    this.repository = repository;
    this.folder = folder;
    this.server = server;
    this.client = client;
    this.audit = audit;
    this.operatorUser = operatorUser;
    this.operator = operator;
    this.pods = new SimulatedPods(client, NAMESPACE);
  }

  static LoadBench start(Path repository, Path folder) throws IOException {
    return start(repository, folder, Map.of());
  }

  /**
   * @param settings of the operator, as environment variables
   */
  static LoadBench start(Path repository, Path folder, Map<String, String> settings)
      throws IOException {
    AuditLog audit = AuditLog.in(folder);
    User user = User.named("operator", "system:masters");
    List<String> flags = new ArrayList<>(audit.flags());
    flags.addAll(
        List.of(
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
            // So that what is measured is the operator.
            "--max-requests-inflight=800",
            "--max-mutating-requests-inflight=400"));
    ApiServer server =
        ApiServer.start(
            Binaries.ofThisMachine(), folder, Endpoint.onLoopback(), List.of(user), flags);
    KubernetesClient client = server.client();
    install(client, repository);
    OperatorProcess operator =
        operator(repository, folder, server.kubeconfig(user), OPERATOR_POD, settings);
    return new LoadBench(repository, folder, server, client, audit, user, operator);
  }

  private static OperatorProcess operator(
      Path repository, Path folder, Path kubeconfig, String pod, Map<String, String> settings) {
    return OperatorProcess.start(
        repository.resolve("operator/target/quarkus-app/quarkus-run.jar"),
        kubeconfig,
        folder.resolve("operator-" + pod + ".log"),
        NAMESPACE,
        pod,
        settings);
  }

  /** Another of the operator; whoever starts it ends it. */
  OperatorProcess replica(String pod, Map<String, String> settings) throws IOException {
    return operator(repository, folder, server.kubeconfig(operatorUser), pod, settings);
  }

  /** Who holds the operator's lease; null if nobody does. */
  String leader() {
    return client
        .leases()
        .inNamespace(NAMESPACE)
        .withName("lit-operator")
        .require()
        .getSpec()
        .getHolderIdentity();
  }

  /** Has the API server refuse the status of the job of this name, whoever writes it. */
  void refuseStatus(String name) {
    StatusPolicy.against(client, NAMESPACE, name);
  }

  OperatorProcess operator() {
    return operator;
  }

  /** What all programs have taken of the processors so far. */
  ProcessorTime processorTime() {
    return new ProcessorTime(
        server.cpu(),
        server.etcdCpu(),
        operator.cpu(),
        ProcessHandle.current().info().totalCpuDuration().orElseThrow());
  }

  SimulatedPods pods() {
    return pods;
  }

  AuditLog audit() {
    return audit;
  }

  /** Creates a job of two Pods. */
  void create(String name) {
    client.raw(JOBS, "POST", JOB.formatted(name));
  }

  /** Creates jobs as fast as eight clients can. */
  void createAll(String prefix, int count) {
    Parallel.run(8, IntStream.range(0, count).mapToObj(i -> () -> create(prefix + i)));
  }

  List<LitTrainingJob> jobs(String prefix) {
    if (jobs == null) {
      jobs = client.resources(LitTrainingJob.class).inNamespace(NAMESPACE).inform();
    }
    return jobs.getStore().list().stream()
        .filter(job -> job.getMetadata().getName().startsWith(prefix))
        .toList();
  }

  /** All that the operator has written but jobs. */
  List<HasMetadata> objects() {
    return Stream.<Class<? extends HasMetadata>>of(
            ConfigMap.class,
            Event.class,
            Lease.class,
            NetworkPolicy.class,
            Pod.class,
            Secret.class,
            Service.class,
            ServiceAccount.class)
        .<HasMetadata>flatMap(
            kind -> client.resources(kind).inNamespace(NAMESPACE).list().getItems().stream())
        .toList();
  }

  Pod coordinator(LitTrainingJob job) {
    return pods.named(job.getMetadata().getName() + "-0");
  }

  /** Coordinators that do not report yet. */
  Reports reports() {
    return new Reports(client, operator.progressPort());
  }

  /** Waits until each job is told of, as wanted. */
  void awaitAll(String prefix, String what, Predicate<LitTrainingJob> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                jobs(prefix).stream()
                    .allMatch(job -> job.told().isPresent() && condition.test(job)));
  }

  /** The operator's writes after a place in the audit log, its leases left out. */
  Map<String, Long> writes(long from, Predicate<AuditLog.Request> which) {
    return audit.count(
        from,
        operatorUser.name(),
        request -> request.isWrite() && !request.isLease() && which.test(request));
  }

  @Override
  public void close() {
    if (jobs != null) {
      jobs.close();
    }
    pods.close();
    operator.close();
    client.close();
    server.close();
  }

  private static void install(KubernetesClient client, Path repository) throws IOException {
    Path crd = repository.resolve("crds/littrainingjobs.lit-operator.io.yaml");
    try (InputStream text = Files.newInputStream(crd)) {
      Crds.install(
          client, client.apiextensions().v1().customResourceDefinitions().load(text).item());
    }
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
  }
}
