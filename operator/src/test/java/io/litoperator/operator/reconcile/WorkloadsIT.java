package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.snapshot.Jobs;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class WorkloadsIT {
  private final KubernetesClient client;
  private final LitTrainingJob job = Jobs.of(2);
  private final GenericKubernetesResource workload;

  WorkloadsIT(KubernetesClient client) {
    this.client = client;
    PublishedCrds.install(client, PublishedCrds.KUEUE);
    this.workload = create(Namespaces.make(client, "workloads"));
  }

  @Test
  void aJobOwnsBesideThePodsThatDo() {
    Workloads.own(client, job, workload);

    assertThat(live().getMetadata().getOwnerReferences())
        .extracting(OwnerReference::getKind, OwnerReference::getUid)
        .containsExactly(
            tuple("Pod", "pod-0"), tuple("LitTrainingJob", job.getMetadata().getUid()));
  }

  @Test
  void whatHasChangedIsLookedAtFirst() {
    GenericKubernetesResource changed = live();
    changed.getMetadata().getOwnerReferences().add(pod("pod-1"));
    client.resource(changed).update();

    assertIsRefused(() -> Workloads.own(client, job, workload));
    assertIsRefused(() -> Workloads.delete(client, workload));

    assertThat(live().getMetadata().getOwnerReferences())
        .extracting(OwnerReference::getUid)
        .containsExactly("pod-0", "pod-1");
  }

  @Test
  void whatIsGoneIsLeftAtThat() {
    Workloads.delete(client, workload);
    assertThat(live()).isNull();

    Workloads.delete(client, workload);
    Workloads.own(client, job, workload);
    assertThat(live()).isNull();
  }

  private static void assertIsRefused(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  private GenericKubernetesResource live() {
    return client.resource(workload).get();
  }

  private GenericKubernetesResource create(String namespace) {
    GenericKubernetesResource made = BareWorkload.in(namespace, "job");
    made.getMetadata().setOwnerReferences(List.of(pod("pod-0")));
    return client.resource(made).create();
  }

  private static OwnerReference pod(String uid) {
    return new OwnerReferenceBuilder()
        .withApiVersion("v1")
        .withKind("Pod")
        .withName(uid)
        .withUid(uid)
        .build();
  }
}
