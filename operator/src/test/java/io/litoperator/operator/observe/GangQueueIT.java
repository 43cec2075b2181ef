package io.litoperator.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.controlplane.Crds;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.apiserver.StrictApply;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made for Kueue and the gang schedulers, and read of them, fits their own CRDs. */
@ExtendWith(ApiServerExtension.class)
class GangQueueIT {
  private final KubernetesClient client;
  private String namespace;

  GangQueueIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    for (String crd :
        List.of(PublishedCrds.KUEUE, PublishedCrds.VOLCANO, PublishedCrds.COSCHEDULING)) {
      PublishedCrds.install(client, crd);
    }
    namespace = Namespaces.make(client, "gangs");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'{gang: volcano, queueName: research, priorityClassName: high}'",
    "'{gang: volcano}'",
    "'{gang: coscheduling, queueName: team-a}'",
    "'{gang: coscheduling}'"
  })
  void aPodGroupIsTakenAsItIsAndReadBack(String scheduling) {
    LitTrainingJob job = job("scheduling: " + scheduling);
    GenericKubernetesResource group = JobResources.of(job, Jobs.SETTINGS).podGroup().orElseThrow();

    GenericKubernetesResource taken = client.resource(group).patch(StrictApply.CONTEXT);
    GenericKubernetesResource again = client.resource(group).patch(StrictApply.CONTEXT);

    assertThat(taken.get("spec", "minMember").toString()).isEqualTo("2");
    assertThat(fields(taken).entrySet().containsAll(fields(group).entrySet()))
        .as("nothing is pruned of " + fields(group))
        .isTrue();
    assertThat(version(again)).as("applied twice is once").isEqualTo(version(taken));
    assertThat(new GangQueue(client, job).podGroup()).map(this::version).contains(version(taken));
  }

  @ParameterizedTest(name = "Kueue that serves {0}")
  @ValueSource(strings = {"v1beta1", "v1beta2"})
  void aWorkloadTellsWhyItsGroupWaits(String version) {
    CustomResourceDefinition crd = PublishedCrds.of(client, PublishedCrds.KUEUE);
    crd.getSpec()
        .getVersions()
        .forEach(
            each -> {
              each.setServed(each.getName().equals(version));
              each.setStorage(each.getName().equals(version));
            });
    Crds.install(client, crd);
    LitTrainingJob job = job("scheduling: {queueName: team-a}");
    assertThat(new GangQueue(client, job).workload()).isEmpty();

    GenericKubernetesResource workload = client.resource(workload(version, job)).create();
    workload.setAdditionalProperty("status", Serialization.unmarshal(WAITING, Map.class));
    client.resource(workload).patchStatus();

    assertThat(new GangQueue(client, job).workload())
        .map(read -> read.get("status", "conditions", 0, "message").toString())
        .contains("couldn't assign flavors to pod set main");
  }

  /** The cache, which is empty, has not heard of the Pod. */
  @Test
  void podsAreAsNewAsTheWorkloadThatIsMadeOfThem() {
    LitTrainingJob job = job("scheduling: {queueName: team-a}");
    Pod made =
        client
            .resource(JobResources.of(job, Jobs.SETTINGS).pod(0, 1, Optional.empty(), List.of()))
            .create();
    client.resource(workload("v1beta2", job)).create();
    Observer observer =
        new Observer(
            client,
            new JobCaches(() -> true),
            uid -> Optional.empty(),
            () -> "ca",
            Clock.systemUTC());

    Snapshot snapshot = observer.observe(job, Optional.empty(), false);

    assertThat(snapshot.workload()).isPresent();
    assertThat(snapshot.pods()).containsOnlyKeys("job-0");
    assertThat(snapshot.pods().get("job-0").getMetadata().getUid())
        .isEqualTo(made.getMetadata().getUid());
  }

  @Test
  void aJobWithoutAQueueAsksNobody() {
    LitTrainingJob job = job("");

    assertThat(new GangQueue(client, job).workload()).isEmpty();
    assertThat(new GangQueue(client, job).podGroup()).isEmpty();
  }

  private static final String WAITING =
      """
      conditions:
      - type: QuotaReserved
        status: "False"
        reason: Pending
        message: couldn't assign flavors to pod set main
        lastTransitionTime: "2026-01-01T00:00:00Z"
      """;

  /** As Kueue makes it for a group of Pods. */
  private static GenericKubernetesResource workload(String version, LitTrainingJob job) {
    return Serialization.unmarshal(
        """
        apiVersion: kueue.x-k8s.io/%s
        kind: Workload
        metadata: {name: %s, namespace: %s}
        spec:
          active: true
          queueName: team-a
          podSets:
          - name: main
            count: 2
            template: {spec: {containers: [{name: worker, image: worker}]}}
        """
            .formatted(version, job.getMetadata().getName(), job.getMetadata().getNamespace()),
        GenericKubernetesResource.class);
  }

  private static Map<?, ?> fields(GenericKubernetesResource resource) {
    return (Map<?, ?>) resource.getAdditionalProperties().get("spec");
  }

  private LitTrainingJob job(String more) {
    LitTrainingJob job = Jobs.edited(Jobs.of(2), more.isEmpty() ? "{}" : more);
    job.getMetadata().setNamespace(namespace);
    return job;
  }

  private String version(HasMetadata object) {
    return object.getMetadata().getResourceVersion();
  }
}
