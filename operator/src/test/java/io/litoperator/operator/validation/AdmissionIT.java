package io.litoperator.operator.validation;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.validation.InvalidJobs.InvalidJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server makes of the CRD, and of jobs by it. */
@ExtendWith(ApiServerExtension.class)
class AdmissionIT {
  private static final Path QUICKSTART = Path.of("../examples/quickstart/job.yaml");

  private static final Path PAPER = Path.of("../examples/paper");

  private static final Path EVALUATE = Path.of("../examples/evaluate/job.yaml");

  private static final Path PREFLIGHT = Path.of("../examples/preflight/job.yaml");

  private final KubernetesClient client;

  AdmissionIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void installTheCrd() {
    PublishedCrds.install(client, PublishedCrds.JOBS);
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

  static Stream<Path> papersJobs() throws IOException {
    try (Stream<Path> files = Files.walk(PAPER)) {
      return files.filter(file -> file.getNameCount() > PAPER.getNameCount() + 1).toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("papersJobs")
  void admitsThePapersJobs(Path file) throws IOException {
    LitTrainingJob job = Serialization.unmarshal(Files.readString(file), LitTrainingJob.class);
    LitTrainingJob admitted =
        client
            .resource(job)
            .inNamespace("default")
            .dryRun()
            .fieldValidation(FieldValidateable.Validation.STRICT)
            .create();

    assertThat(JobValidation.problems(admitted)).isEmpty();
  }

  @Test
  void admitsThePapersClaims() throws IOException {
    for (String claim : Files.readString(PAPER.resolve("claims.yaml")).split("---\n")) {
      client
          .resource(Serialization.unmarshal(claim, PersistentVolumeClaim.class))
          .inNamespace("default")
          .dryRun()
          .fieldValidation(FieldValidateable.Validation.STRICT)
          .create();
    }
  }

  @Test
  void admitsTheServiceAndTheJobThatCheckNodes() throws IOException {
    try (InputStream objects = Files.newInputStream(PREFLIGHT)) {
      for (HasMetadata object : client.load(objects).items()) {
        client
            .resource(object)
            .inNamespace("default")
            .dryRun()
            .fieldValidation(FieldValidateable.Validation.STRICT)
            .create();
      }
    }
  }

  @Test
  void admitsTheJobThatEvaluates() throws IOException {
    client
        .resource(Serialization.unmarshal(Files.readString(EVALUATE), Job.class))
        .inNamespace("default")
        .dryRun()
        .fieldValidation(FieldValidateable.Validation.STRICT)
        .create();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{'suspend': true}",
        "{'ttlSecondsAfterFinished': 60}",
        "{'topology': {'ranksPerNode': 4}}",
      })
  void letsChange(String spec) throws IOException {
    GenericKubernetesResource job = create(QUICKSTART);
    try {
      assertThat(patch(job, spec).getMetadata().getGeneration()).isEqualTo(2);
    } finally {
      client.resource(job).delete();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'seed': 43} | spec.seed",
        "{'managedBy': 'example.com/other'} | spec.managedBy",
        "{'template': {'labels': {'a': 'b'}}} | spec.template",
        "{'topology': {'device': 'cuda'}} | spec.topology.device",
        "{'evaluate': null} | spec.evaluate",
      })
  void keeps(String spec, String field) throws IOException {
    GenericKubernetesResource job = create(QUICKSTART);
    try {
      var refusal = catchThrowableOfType(KubernetesClientException.class, () -> patch(job, spec));

      assertThat(refusal).hasMessageContaining(field).hasMessageContaining("is immutable");
    } finally {
      client.resource(job).delete();
    }
  }

  /** Its creator's own status is dropped; who watches sees no other first. */
  @Test
  void givesANewJobTheStatusOfOneThatNobodyHasLookedAt() throws Exception {
    var job = Serialization.unmarshal(Files.readString(QUICKSTART), LitTrainingJob.class);
    job.setStatus(Serialization.unmarshal("phase: Succeeded", LitTrainingJobStatus.class));
    var namesake = client.resources(LitTrainingJob.class).inNamespace("default").withName("seen");
    job.getMetadata().setName("seen");
    var first = new CompletableFuture<LitTrainingJob>();
    Watch watch = namesake.watch(new FirstSeen(first));
    try {
      LitTrainingJob created = client.resource(job).inNamespace("default").create();

      assertThat(created.getStatus()).isEqualTo(LitTrainingJobStatus.UNSEEN);
      assertThat(first.get(30, SECONDS).getStatus()).isEqualTo(LitTrainingJobStatus.UNSEEN);
      assertThat(namesake.require().told()).isEmpty();
    } finally {
      watch.close();
      namesake.delete();
    }
  }

  private record FirstSeen(CompletableFuture<LitTrainingJob> job)
      implements Watcher<LitTrainingJob> {
    @Override
    public void eventReceived(Action action, LitTrainingJob seen) {
      job.complete(seen);
    }

    @Override
    public void onClose(WatcherException cause) {
      job.completeExceptionally(cause);
    }
  }

  private GenericKubernetesResource patch(GenericKubernetesResource job, String spec) {
    return client
        .resource(job)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{'spec': %s}".formatted(spec).replace('\'', '"'));
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
