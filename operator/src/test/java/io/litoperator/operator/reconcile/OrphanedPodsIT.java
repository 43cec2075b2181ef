package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
      client.resource(gone).delete();
      await().until(() -> operator.caches().job(jobs.name(), "gone").isEmpty());
      client.resource(orphan).delete();
      client.resource(others).delete();
      awaitTerminating(operator, orphan);
      awaitTerminating(operator, others);
      OrphanedPods orphans = new OrphanedPods(client, operator.caches());

      orphans.letGo();

      assertThat(client.resource(orphan).get()).isNull();
      assertThat(client.resource(others).get().getMetadata().getFinalizers())
          .containsExactly(ANOTHER);
      assertThat(client.resource(kept).get().getMetadata().getFinalizers())
          .containsExactly(Kueue.FINALIZER);
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
