package io.litoperator.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class JobSecretsIT {
  private final KubernetesClient client;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

  JobSecretsIT(KubernetesClient client) {
    this.client = client;
  }

  @Test
  void remembersASecretForAsLongAsItsJobIsLookedAt() {
    LitTrainingJob job = jobInItsOwnNamespace();
    Secret secret = JobResources.of(job, Jobs.SETTINGS).secret(Optional.empty(), "ca");
    JobSecrets secrets = new JobSecrets(client, clock);
    secrets.wrote(client.resource(secret).create());
    client.resource(secret).delete();

    clock.pass(Duration.ofMinutes(11));
    assertThat(secrets.of(job, false)).as("remembered").isPresent();
    clock.pass(Duration.ofMinutes(11));
    assertThat(secrets.of(job, false)).as("still remembered").isPresent();
    clock.pass(Duration.ofMinutes(21));
    assertThat(secrets.of(job, false)).as("forgotten").isEmpty();
  }

  @Test
  void readsTheSecretOfANewJobAtTheSecondLook() {
    LitTrainingJob job = jobInItsOwnNamespace();
    client.resource(JobResources.of(job, Jobs.SETTINGS).secret(Optional.empty(), "ca")).create();
    JobSecrets secrets = new JobSecrets(client, clock);

    assertThat(secrets.of(job, true)).as("taken to be absent").isEmpty();
    assertThat(secrets.of(job, true)).as("read").isPresent();
  }

  private LitTrainingJob jobInItsOwnNamespace() {
    LitTrainingJob job = Jobs.of(2);
    job.getMetadata().setNamespace(Namespaces.make(client, "secrets"));
    return job;
  }
}
