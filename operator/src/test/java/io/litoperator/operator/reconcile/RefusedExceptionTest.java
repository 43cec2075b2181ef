package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.Jobs;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedExceptionTest {
  private static final Pod POD = new PodBuilder().build();

  @ParameterizedTest
  @CsvSource({
    "400, a webhook says no, PodRefused",
    "403, exceeded quota: pods, QuotaExceeded",
    "404, no such kind, PodRefused",
    "422, spec.tolerations[0] is invalid, PodRefused",
    "500, failed calling webhook, PodRefused"
  })
  void whatAPersonMayHaveToMendIsARefusal(int code, String message, String reason) {
    assertThat(RefusedException.orSame(POD, new KubernetesClientException(message, code, null)))
        .hasMessage(message)
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 401, 409, 429, 503})
  void whatMayPassIsNone(int code) {
    KubernetesClientException thrown = new KubernetesClientException("later", code, null);

    assertThat(RefusedException.orSame(POD, thrown)).isSameAs(thrown);
  }

  @ParameterizedTest(name = "{0}{1}: {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "Pod \"job-0\" is invalid: | spec.tolerations[0].key | spec.template.tolerations[0].key: no",
        "Pod \"job-0\" is invalid: | spec.tolerations[1].key | -",
        "Pod \"job-0\" is invalid: | - | -",
        "admission webhook \"a.b.c\" denied the request: | spec.tolerations[0].key | -",
        "pods \"job-0\" is forbidden: | spec.tolerations[0].key | -",
        "Pod \"job-0\" is invalid: | spec.containers[0].resources.requests | -",
      })
  void onlyWhatTheApiServerItselfSaysOfTheJobsWordsIsItsFault(
      String message, String field, String fault) {
    LitTrainingJob job =
        Jobs.edited(
            Jobs.of(2),
            "template: {tolerations: [{key: a}], resources: {requests: {memory: 8Gi}}}");
    Pod pod = JobResources.of(job, Jobs.SETTINGS).pod(0, 1);
    Status answer =
        new StatusBuilder()
            .withCode(422)
            .withMessage(message + " and more")
            .withNewDetails()
            .addNewCause(field, "no", "FieldValueInvalid")
            .endDetails()
            .build();
    var thrown = new KubernetesClientException(message, 422, answer);

    assertThat(RefusedException.orSame(pod, thrown))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused ->
                assertThat(refused.fault(job).map(Problem::toString))
                    .isEqualTo(Optional.ofNullable(fault)));
  }

  /** As of a proxy before the API server. */
  @Test
  void anAnswerWithoutAMessageIsARefusalToo() {
    Pod pod = JobResources.of(Jobs.of(2), Jobs.SETTINGS).pod(0, 1);
    Status wordless = new StatusBuilder().withCode(403).build();

    assertThat(
            RefusedException.orSame(pod, new KubernetesClientException("Forbidden", 403, wordless)))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.fault(Jobs.of(2))).isEmpty())
        .hasMessage("Forbidden");
  }

  @Test
  void aNameIsTakenByWhatIsNotTheSameJobs() {
    assertThat(RefusedException.ofTaken(account("uid-1", true), account("uid-1", true))).isEmpty();
    assertThat(RefusedException.ofTaken(account("uid-1", true), account("uid-2", true)))
        .isPresent();
    assertThat(RefusedException.ofTaken(account("uid-1", true), account("uid-1", false)))
        .as("owned, but controlled by nobody")
        .isPresent();
    assertThat(RefusedException.ofTaken(account("uid-1", true), bare())).isPresent();
  }

  private static HasMetadata account(String owner, boolean controller) {
    return bare()
        .edit()
        .editMetadata()
        .addNewOwnerReference()
        .withUid(owner)
        .withController(controller)
        .endOwnerReference()
        .endMetadata()
        .build();
  }

  private static ServiceAccount bare() {
    return new ServiceAccountBuilder().withNewMetadata().withName("job").endMetadata().build();
  }
}
