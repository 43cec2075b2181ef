package io.litoperator.e2e.queue;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Queues of Kueue and the jobs in them: makes them, and waits for what becomes of them. */
final class QueuedJobs {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final ResourceDefinitionContext WORKLOAD = kueue("Workload", "workloads", true);
  private static final ResourceDefinitionContext CLUSTER_QUEUE =
      kueue("ClusterQueue", "clusterqueues", false);

  private final KubernetesClient client;
  private final String namespace;
  private final SimulatedNode node;

  QueuedJobs(KubernetesClient client, String namespace, SimulatedNode node) {
    this.client = client;
    this.namespace = namespace;
    this.node = node;
  }

  /** Makes a cluster queue and a local queue of this name, with so many processors. */
  void queue(String name, int cpu) {
    client
        .load(
            KueueProcess.stream(
                KueueProcess.text("queues.yaml")
                    .replace("${queue}", name)
                    .replace("${namespace}", namespace)
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
    job.getMetadata().setNamespace(namespace);
    client.resource(job).create();
  }

  /** Creates a job, and waits until it runs. */
  List<Pod> run(String name, int nodes, String queue, String... more) {
    create(name, nodes, queue, more);
    return awaitRunning(name, nodes);
  }

  LitTrainingJobStatus await(String job, Phase phase) {
    return awaitStatus(job, phase.toString(), status -> status.phase() == phase);
  }

  LitTrainingJobStatus awaitStatus(
      String job, String what, Predicate<LitTrainingJobStatus> condition) {
    return waiting(job + " is " + what)
        .until(() -> job(job).told().filter(condition), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until Kueue has it, and says that there is not enough quota. */
  LitTrainingJobStatus awaitWithoutQuota(String job) {
    return awaitStatus(
        job,
        "told why it waits",
        status -> status.pending() != null && status.pending().message().contains("quota"));
  }

  LitTrainingJob job(String name) {
    return client.resources(LitTrainingJob.class).inNamespace(namespace).withName(name).require();
  }

  void patch(String job, String spec) {
    client
        .resources(LitTrainingJob.class)
        .inNamespace(namespace)
        .withName(job)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": %s}".formatted(spec));
  }

  void delete(String job) {
    client.resources(LitTrainingJob.class).inNamespace(namespace).withName(job).delete();
  }

  void delete(HasMetadata object) {
    client.resource(object).delete();
  }

  /** By their index, those that are about to go too. */
  List<Pod> pods(String job) {
    return client
        .pods()
        .inNamespace(namespace)
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
            pods -> pods.size() == count && pods.stream().allMatch(QueuedJobs::isRunning));
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

  /** Ends a Pod's container. */
  void exit(Pod pod, int code) {
    node.exit(pod, code);
  }

  /** All Pods exit with 0; waits until the job has succeeded. */
  void succeed(String job) {
    pods(job).forEach(pod -> exit(pod, 0));
    await(job, Phase.SUCCEEDED);
  }

  Optional<GenericKubernetesResource> workload(String job) {
    return Optional.ofNullable(
        client.genericKubernetesResources(WORKLOAD).inNamespace(namespace).withName(job).get());
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
  private String used(String queue) {
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
