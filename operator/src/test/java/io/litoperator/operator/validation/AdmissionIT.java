package io.litoperator.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.validation.InvalidJobs.InvalidJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real API server makes of the CRD, and of jobs by it. */
@ExtendWith(ApiServerExtension.class)
class AdmissionIT {
  private static final String CRD = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";

  private final KubernetesClient client;

  AdmissionIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void installTheCrd() throws IOException {
    try (InputStream yaml = LitTrainingJob.class.getResourceAsStream(CRD)) {
      var crd = Serialization.unmarshal(yaml, CustomResourceDefinition.class);
      client.resource(crd).forceConflicts().serverSideApply();
      client
          .resource(crd)
          .waitUntilCondition(
              made ->
                  made.getStatus() != null
                      && made.getStatus().getConditions().stream()
                          .anyMatch(
                              condition ->
                                  condition.getType().equals("Established")
                                      && condition.getStatus().equals("True")),
              30,
              TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.operator.validation.InvalidJobs#refused")
  void refuses(InvalidJob invalid) {
    var refusal =
        catchThrowableOfType(KubernetesClientException.class, () -> create(invalid.file()));

    assertThat(refusal).as("%s was admitted", invalid).isNotNull();
    assertThat(refusal).hasMessageContaining(invalid.field()).hasMessageContaining(invalid.text());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.operator.validation.InvalidJobs#failed")
  void admitsWhatFailsLater(InvalidJob invalid) throws IOException {
    GenericKubernetesResource made = create(invalid.file());
    LitTrainingJob job =
        client
            .resources(LitTrainingJob.class)
            .inNamespace("default")
            .withName(made.getMetadata().getName())
            .get();
    client.resource(made).delete();

    assertThat(JobValidation.problems(job))
        .anyMatch(
            problem ->
                problem.path().equals(invalid.field()) && problem.text().equals(invalid.text()));
  }

  @Test
  void admitsTheQuickstart() throws IOException {
    client.resource(create(Path.of("../examples/quickstart/job.yaml"))).delete();
  }

  private GenericKubernetesResource create(Path file) throws IOException {
    var job = Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
    return client
        .resource(job)
        .inNamespace("default")
        .fieldValidation(FieldValidateable.Validation.STRICT)
        .create();
  }
}
