package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.resource.Kueue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class KueuePodsIT {
  private static final String ANOTHERS = "example.com/another";

  private final KubernetesClient client;
  private final String namespace;

  KueuePodsIT(KubernetesClient client) {
    this.client = client;
    this.namespace = Namespaces.make(client, "kueue");
  }

  @Test
  void aPodIsReleasedOnceAndForAll() {
    Pod pod = create();

    KueuePods.release(client, pod);
    KueuePods.release(client, pod);
    assertThat(live(pod).getMetadata().getFinalizers()).containsExactly(ANOTHERS);

    ForcedDeletion.of(client, pod);
    finalizers(pod);
    KueuePods.release(client, pod);
    assertThat(live(pod)).isNull();
  }

  /** What was observed has Kueue's in the place that another's has by now. */
  @Test
  void anothersFinalizerStaysWhereKueuesIsGone() {
    Pod observed = create();
    finalizers(observed, ANOTHERS);

    KueuePods.release(client, observed);

    assertThat(live(observed).getMetadata().getFinalizers()).containsExactly(ANOTHERS);
  }

  @Test
  void annotationsOfOthersStay() {
    Pod observed = create();
    client
        .resource(
            new PodBuilder(observed)
                .editMetadata()
                .withAnnotations(Map.of("a", "b"))
                .endMetadata()
                .build())
        .update();

    KueuePods.giveQuotaBack(client, observed);

    assertThat(live(observed).getMetadata().getAnnotations())
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "b", Kueue.RETRIABLE, "false"));
  }

  @Test
  void aSuccessorOfItsNameIsLeftAlone() {
    Pod former = create();
    finalizers(former);
    ForcedDeletion.of(client, former);
    Pod successor = create();

    assertThatThrownBy(() -> KueuePods.release(client, former))
        .isInstanceOf(KubernetesClientException.class);

    assertThat(live(former).getMetadata())
        .returns(successor.getMetadata().getUid(), meta -> meta.getUid())
        .returns(successor.getMetadata().getFinalizers(), meta -> meta.getFinalizers());
  }

  private void finalizers(Pod pod, String... finalizers) {
    client
        .resource(
            new PodBuilder(live(pod))
                .editMetadata()
                .withFinalizers(finalizers)
                .endMetadata()
                .build())
        .update();
  }

  private Pod live(Pod pod) {
    return client.resource(pod).get();
  }

  private Pod create() {
    return client
        .resource(
            BarePod.in(namespace, "job-1")
                .editMetadata()
                .withFinalizers(Kueue.FINALIZER, ANOTHERS)
                .endMetadata()
                .build())
        .create();
  }
}
