package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A quota on Secrets that is used up; the API server looks at it before whether one is there. */
@ExtendWith(ApiServerExtension.class)
class SecretQuotaIT {
  private static final Map<String, Quantity> ONE = Map.of("count/secrets", new Quantity("1"));

  private final KubernetesClient client;
  private final JobNamespace jobs;
  private final SimulatedWorkers workers;

  SecretQuotaIT(KubernetesClient client) {
    this.client = client;
    this.jobs = new JobNamespace(client);
    this.workers = jobs.workers();
  }

  @Test
  void aRunningJobsPodsAreReplaced() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.train(job);
      useUp();

      replaced(job, List.of("job-1"));
      replaced(job, List.of("job-0", "job-1"));
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void aJobsFirstPodsWaitForTheQuota() {
    useUp();
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      assertThat(jobs.reaches(job, status -> status.pending() != null).pending().reason())
          .isEqualTo("QuotaExceeded");
      assertThat(workers.pods()).isEmpty();

      client.resourceQuotas().inNamespace(jobs.name()).delete();
      jobs.reaches(job, Phase.STARTING);
      assertThat(operator.isDead()).isFalse();
    }
  }

  private void replaced(LitTrainingJob job, List<String> pods) {
    List<String> lost = pods.stream().map(jobs::uid).toList();
    for (String pod : pods) {
      client.pods().inNamespace(jobs.name()).withName(pod).withGracePeriod(0).delete();
    }
    jobs.reaches(
        job,
        status ->
            status.members().size() == 2
                && status.members().stream()
                    .allMatch(
                        member -> member.podUid() != null && !lost.contains(member.podUid())));
  }

  /** No controller counts what there is. */
  private void useUp() {
    ResourceQuota quota =
        client
            .resource(
                new ResourceQuotaBuilder()
                    .withNewMetadata()
                    .withName("secrets")
                    .withNamespace(jobs.name())
                    .endMetadata()
                    .withNewSpec()
                    .withHard(ONE)
                    .endSpec()
                    .build())
            .create();
    client
        .resource(
            new ResourceQuotaBuilder(quota)
                .withNewStatus()
                .withHard(ONE)
                .withUsed(ONE)
                .endStatus()
                .build())
        .updateStatus();
    await().until(this::isUsedUp);
  }

  private boolean isUsedUp() {
    try {
      client
          .resource(
              new SecretBuilder()
                  .withNewMetadata()
                  .withName("probe")
                  .withNamespace(jobs.name())
                  .endMetadata()
                  .build())
          .dryRun()
          .create();
      return false;
    } catch (KubernetesClientException e) {
      return e.getMessage().contains("exceeded quota");
    }
  }
}
