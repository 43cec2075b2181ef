package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods that Kueue holds are let go with their job; the garbage collector is played by the test. */
@ExtendWith(ApiServerExtension.class)
class OrphanedPodsIT {
  private static final String ANOTHER = "example.com/another";

  private final KubernetesClient client;

  OrphanedPodsIT(KubernetesClient client) {
    this.client = client;
  }

  @Test
  void onlyPodsOfJobsThatAreGoneAreLetGo() {
    JobNamespace jobs = new JobNamespace(client);
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob gone = jobs.create("gone");
      jobs.reaches(gone, Phase.STARTING);
      jobs.reaches(jobs.create("lives"), Phase.STARTING);
      Pod orphan = hold(jobs, "gone-0");
      Pod others = hold(jobs, "gone-1", ANOTHER);
      Pod kept = hold(jobs, "lives-0");
      Pod ofAnotherKind = copyOwnedByAnotherKind(orphan);
      client.resource(gone).delete();
      await().until(() -> operator.caches().job(jobs.name(), "gone").isEmpty());
      client.resource(orphan).delete();
      client.resource(others).delete();
      client.resource(ofAnotherKind).delete();
      awaitTerminating(operator, orphan);
      awaitTerminating(operator, others);
      awaitTerminating(operator, ofAnotherKind);
      OrphanedPods orphans = new OrphanedPods(client, operator.caches());

      orphans.letGo();

      assertThat(client.resource(orphan).get()).isNull();
      assertThat(client.resource(others).get().getMetadata().getFinalizers())
          .containsExactly(ANOTHER);
      for (Pod notOurs : List.of(kept, ofAnotherKind)) {
        assertThat(client.resource(notOurs).get().getMetadata().getFinalizers())
            .containsExactly(Kueue.FINALIZER);
      }
    }
  }

  private Pod hold(JobNamespace jobs, String name, String... more) {
    return client
        .pods()
        .inNamespace(jobs.name())
        .withName(name)
        .edit(
            pod -> {
              pod.getMetadata().getFinalizers().add(Kueue.FINALIZER);
              pod.getMetadata().getFinalizers().addAll(List.of(more));
              return pod;
            });
  }

  /** With the labels that jobs' Pods have, as a copy of one's manifest has them. */
  private Pod copyOwnedByAnotherKind(Pod pod) {
    ObjectMeta metadata = pod.getMetadata();
    return client
        .resource(
            BarePod.in(metadata.getNamespace(), "copy")
                .editMetadata()
                .withLabels(metadata.getLabels())
                .withFinalizers(Kueue.FINALIZER)
                .addNewOwnerReference()
                .withApiVersion("batch/v1")
                .withKind("Job")
                .withName("no-such-training-job")
                .withUid("no-such-training-job")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .build())
        .create();
  }

  private static void awaitTerminating(OperatorProcess operator, Pod pod) {
    String namespace = pod.getMetadata().getNamespace();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                operator
                    .caches()
                    .pod(namespace, pod.getMetadata().getName())
                    .filter(seen -> new ObservedPod(seen).isTerminating())
                    .isPresent());
  }
}
