package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class ForcedDeletionIT {
  private final KubernetesClient client;
  private final String namespace;

  ForcedDeletionIT(KubernetesClient client) {
    this.client = client;
    this.namespace = Namespaces.make(client, "deletion");
  }

  @Test
  void aPodOnANodeThatAnswersNoMoreIsGoneAtOnce() {
    Pod pod = create();
    client.resource(pod).delete();
    assertThat(client.resource(pod).get().getMetadata().getDeletionTimestamp()).isNotNull();

    ForcedDeletion.of(client, pod);

    assertThat(client.resource(pod).get()).isNull();
    ForcedDeletion.of(client, pod);
  }

  @Test
  void aSuccessorOfItsNameStays() {
    Pod former = create();
    ForcedDeletion.of(client, former);
    Pod successor = create();

    assertThatThrownBy(() -> ForcedDeletion.of(client, former))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));

    assertThat(client.resource(former).get().getMetadata())
        .returns(successor.getMetadata().getUid(), meta -> meta.getUid())
        .returns(null, meta -> meta.getDeletionTimestamp());
  }

  private Pod create() {
    return client
        .resource(BarePod.in(namespace, "job-1").editSpec().withNodeName("lost").endSpec().build())
        .create();
  }
}
