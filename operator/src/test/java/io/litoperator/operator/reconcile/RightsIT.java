package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.access.Grants;
import io.litoperator.operator.apiserver.DeclaredRights;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The operator needs each right that it declares in the namespaces of jobs: each is asked for by
 * something that it does here, as a user who has these rights alone.
 */
@ExtendWith(ApiServerExtension.class)
class RightsIT {
  private final KubernetesClient client;
  private final JobNamespace jobs;
  private final String namespace;
  private final SimulatedWorkers workers;

  RightsIT(KubernetesClient client) {
    this.client = client;
    PublishedCrds.install(client, PublishedCrds.KUEUE);
    PublishedCrds.install(client, PublishedCrds.VOLCANO);
    PublishedCrds.install(client, PublishedCrds.COSCHEDULING);
    this.jobs = new JobNamespace(client);
    this.namespace = jobs.name();
    this.workers = jobs.workers();
  }

  @Test
  void everyRightInAJobsNamespaceIsUsed() {
    try (OperatorProcess operator = jobs.start()) {
      aJobIsDeletedInTime();
      aPodIsReplacedAndAJobSuspended();
      aContainerIsWaitedForLong();
      objectsArePutRight();
      aPodsNameIsTaken();
      aPodGroupIsPutRight("volcano", "scheduling.volcano.sh/v1beta1");
      aPodGroupIsPutRight("coscheduling", "scheduling.x-k8s.io/v1alpha1");
      aWorkloadOutlivesAPodAndGoesWithTheQueue();

      assertThat(operator.rights())
          .containsExactlyElementsOf(DeclaredRights.of(Grants.IN_JOB_NAMESPACES));
    }
  }

  private void aJobIsDeletedInTime() {
    LitTrainingJob job = jobs.create("done", "ttlSecondsAfterFinished: 0");
    train(job);
    workers.report(job, Activity.DONE);
    pods(job).forEach(pod -> workers.exit(pod, 0));
    soon().until(() -> client.resource(job).get() == null);
  }

  private void aPodIsReplacedAndAJobSuspended() {
    LitTrainingJob job = jobs.create("lost");
    train(job);
    String lost = jobs.uid("lost-1");
    client.pods().inNamespace(namespace).withName("lost-1").withGracePeriod(0).delete();
    jobs.reaches(
        job,
        status ->
            status.members().get(1).podUid() != null
                && !lost.equals(status.members().get(1).podUid()));
    stop(job);
  }

  private void aContainerIsWaitedForLong() {
    LitTrainingJob job = jobs.create("slow");
    jobs.reaches(job, Phase.STARTING);
    Pod pod = pods(job).get(0);
    workers.bind(pod, "far");
    workers.wasScheduled(pod, Instant.now().minus(Duration.ofMinutes(2)));
    jobs.reaches(
        job,
        status ->
            status.pending() != null && status.pending().reason().equals("ContainerCreating"));
  }

  private void objectsArePutRight() {
    LitTrainingJob job = jobs.create("edited");
    jobs.reaches(job, Phase.STARTING);
    for (Class<? extends HasMetadata> kind :
        List.of(ServiceAccount.class, Service.class, ConfigMap.class, NetworkPolicy.class)) {
      HasMetadata made =
          client
              .resources(kind)
              .inNamespace(namespace)
              .withLabel(Labels.JOB, "edited")
              .list()
              .getItems()
              .get(0);
      spoil(client.resource(made));
      soon().until(() -> isRight(client.resource(made).require()));
    }
  }

  /** No cache has heard of it: it bears no label of the operator's. */
  private void aPodsNameIsTaken() {
    client.resource(BarePod.in(namespace, "taken-0").build()).create();
    jobs.reaches(jobs.create("taken"), Phase.PENDING);
  }

  private void aPodGroupIsPutRight(String gang, String api) {
    LitTrainingJob job = jobs.create(gang, "scheduling: {gang: %s}".formatted(gang));
    Resource<GenericKubernetesResource> group =
        client.genericKubernetesResources(api, "PodGroup").inNamespace(namespace).withName(gang);
    soon().until(() -> group.get() != null && pods(job).size() == 2);
    spoil(group);
    // Nobody watches the group: something of its Pods must change.
    edit(gang + "-0", pod -> pod.editMetadata().addToAnnotations("touched", "1").endMetadata());
    soon().until(() -> isRight(group.require()));
  }

  /** Kueue is played: it holds Pods by a finalizer, and by what it takes for their group. */
  private void aWorkloadOutlivesAPodAndGoesWithTheQueue() {
    LitTrainingJob job = jobs.create("queued", "scheduling: {gang: kueue, queueName: team-a}");
    train(job);
    GenericKubernetesResource workload =
        client.resource(BareWorkload.in(namespace, "queued")).create();
    String held = jobs.uid("queued-1");
    edit("queued-1", pod -> pod.editMetadata().addToFinalizers(Kueue.FINALIZER).endMetadata());
    client.pods().inNamespace(namespace).withName("queued-1").withGracePeriod(0).delete();
    jobs.reaches(
        job,
        status ->
            status.members().get(1).podUid() != null
                && !held.equals(status.members().get(1).podUid()));
    assertThat(client.resource(workload).require().getMetadata().getOwnerReferences())
        .anyMatch(owner -> owner.getUid().equals(job.getMetadata().getUid()));
    stop(job);
    soon().until(() -> client.resource(workload).get() == null);
  }

  private void train(LitTrainingJob job) {
    jobs.reaches(job, Phase.STARTING);
    pods(job).forEach(workers::run);
    workers.report(job, Activity.FINETUNING);
    jobs.reaches(job, Phase.FINETUNING);
  }

  private void stop(LitTrainingJob job) {
    jobs.suspend(job, true);
    jobs.reaches(job, Phase.SUSPENDING);
    workers.report(job, Activity.STOPPED);
    pods(job).forEach(pod -> workers.exit(pod, 75));
    soon().until(() -> pods(job).isEmpty());
  }

  private List<Pod> pods(LitTrainingJob job) {
    return workers.pods().stream()
        .filter(
            pod ->
                job.getMetadata().getName().equals(pod.getMetadata().getLabels().get(Labels.JOB)))
        .toList();
  }

  private void edit(String pod, UnaryOperator<PodBuilder> change) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod)
        .edit(it -> change.apply(new PodBuilder(it)).build());
  }

  private static <T extends HasMetadata> void spoil(Resource<T> object) {
    object.edit(
        it -> {
          it.getMetadata().setAnnotations(Map.of(Labels.APPLIED_HASH, "another"));
          return it;
        });
  }

  private static boolean isRight(HasMetadata object) {
    return !Objects.equals(
        object.getMetadata().getAnnotations().get(Labels.APPLIED_HASH), "another");
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30));
  }
}
