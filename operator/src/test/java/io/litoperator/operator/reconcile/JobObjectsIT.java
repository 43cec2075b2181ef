package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.resource.TrustBundle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a job needs beside its Pods: another's is left alone, what is deleted or edited is mended.
 */
@ExtendWith(ApiServerExtension.class)
class JobObjectsIT {
  private final KubernetesClient client;
  private final JobNamespace jobs;
  private final String namespace;
  private final SimulatedWorkers workers;

  JobObjectsIT(KubernetesClient client) {
    this.client = client;
    this.jobs = new JobNamespace(client);
    this.namespace = jobs.name();
    this.workers = jobs.workers();
  }

  @Test
  void takesNothingOverThatIsAnothers() {
    ServiceAccount account =
        client
            .resource(
                new ServiceAccountBuilder()
                    .withNewMetadata()
                    .withName("job")
                    .withNamespace(namespace)
                    .endMetadata()
                    .build())
            .create();
    Secret secret =
        client
            .resource(
                new SecretBuilder()
                    .withNewMetadata()
                    .withName("job")
                    .withNamespace(namespace)
                    .endMetadata()
                    .addToStringData("password", "theirs")
                    .build())
            .create();
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      LitTrainingJobStatus status = jobs.reaches(job, Phase.PENDING);
      assertThat(status.pending().reason()).isEqualTo("NameTaken");
      assertThat(status.pending().message())
          .isEqualTo(
              "There is a ServiceAccount job already that is not this job's: delete it, or give the job another name.");
      assertThat(client.resource(account).require()).isEqualTo(account);
      assertThat(workers.pods()).isEmpty();

      client.resource(account).delete();
      jobs.reaches(job, Phase.STARTING);
      assertThat(client.resource(secret).require()).isEqualTo(secret);
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void aSecretThatIsDeletedComesBackTheSameWithTheNextPod() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.reaches(job, Phase.STARTING);
      Secret made = client.secrets().inNamespace(namespace).list().getItems().get(0);
      client.resource(made).delete();
      client.pods().inNamespace(namespace).withName("job-1").withGracePeriod(0).delete();

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> client.resource(made).get(), Objects::nonNull);

      assertThat(client.resource(made).require().getData()).isEqualTo(made.getData());
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void whatPodsTrustIsPutRightWhenItIsDeletedOrEdited() {
    try (OperatorProcess operator = jobs.start()) {
      jobs.reaches(jobs.create(), Phase.STARTING);
      Resource<ConfigMap> bundle =
          client.configMaps().inNamespace(namespace).withName(TrustBundle.NAME);
      awaitTrusted(bundle);

      bundle.delete();
      awaitTrusted(bundle);
      bundle.edit(it -> new ConfigMapBuilder(it).addToData("ca.crt", "mine").build());
      awaitTrusted(bundle);
      bundle.edit(
          it -> new ConfigMapBuilder(it).editMetadata().withLabels(null).endMetadata().build());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !bundle.require().getMetadata().getLabels().isEmpty());
      assertThat(operator.isDead()).isFalse();
    }
  }

  private static void awaitTrusted(Resource<ConfigMap> bundle) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Optional.ofNullable(bundle.get())
                    .flatMap(TrustBundle::pem)
                    .filter(OperatorProcess.CA_BUNDLE::equals)
                    .isPresent());
  }
}
