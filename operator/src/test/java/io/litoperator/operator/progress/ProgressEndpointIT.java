package io.litoperator.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.reconcile.ApiStatusWriter;
import io.litoperator.operator.tls.Certificates;
import io.litoperator.operator.tls.IssuedInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The endpoint over a real API server: its tokens, its TokenReview, its server-side apply. */
@ExtendWith(ApiServerExtension.class)
class ProgressEndpointIT {
  private final KubernetesClient client;
  private final Vertx vertx = Vertx.vertx();
  private final SimulatedInformers jobs = new SimulatedInformers();
  private final List<JobName> reported = new CopyOnWriteArrayList<>();
  private final Certificates certificates = new IssuedInMemory("localhost").certificates();
  private ProgressEndpoint endpoint;
  private String namespace;
  private LitTrainingJob job;
  private Pod coordinator;
  private Reporter reporter;

  ProgressEndpointIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void start() {
    PublishedCrds.install(client, PublishedCrds.JOBS);
    namespace = Namespaces.make(client, "progress");
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("worker")
                .endMetadata()
                .build())
        .serverSideApply();
    job = create("demo-" + System.nanoTime());
    coordinator = pod(JobName.of(job).coordinatorPod());
    member(coordinator.getMetadata().getUid(), 1);
    endpoint =
        ProgressEndpoint.start(
                vertx,
                Endpoint.settings(Map.of()),
                certificates,
                jobs,
                client,
                new ApiStatusWriter(client),
                (namespace, name) -> reported.add(new JobName(namespace, name)),
                new SimpleMeterRegistry())
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    reporter = new Reporter(endpoint.port(), certificates.pem());
  }

  @AfterEach
  void stop() {
    endpoint.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aReportIsWrittenByAFieldManagerOfItsOwn() throws Exception {
    assertThat(reporter.post(JobName.of(job), token(coordinator, audience()), Fixtures.report(1)))
        .isEqualTo(200);

    await().until(() -> !reported.isEmpty());
    LitTrainingJob live = client.resource(job).get();
    assertThat(live.getStatus().progress().step()).isEqualTo(1);
    assertThat(live.getStatus().phase()).as("of the other manager").isEqualTo(Phase.FINETUNING);
    assertThat(live.getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().equals(ProgressStatus.FIELD_MANAGER))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getSubresource()).isEqualTo("status");
              assertThat(entry.getFieldsV1().getAdditionalProperties().get("f:status"))
                  .asInstanceOf(InstanceOfAssertFactories.MAP)
                  .containsOnlyKeys("f:progress", "f:coordinator");
            });
  }

  @Test
  void tokensOfOthersAreRefused() throws Exception {
    JobName name = JobName.of(job);
    Pod other = pod(name.name() + "-1");

    assertThat(reporter.post(name, token(coordinator, "api"), Fixtures.report(1))).isEqualTo(403);
    assertThat(reporter.post(name, token(other, audience()), Fixtures.report(1))).isEqualTo(403);
    assertThat(reporter.post(name, tampered(token(coordinator, audience())), Fixtures.report(1)))
        .isEqualTo(401);
    assertThat(client.resource(job).get().getStatus().progress()).isNull();
  }

  @Test
  void theTokenOfADeletedPodIsRefused() throws Exception {
    String token = token(coordinator, audience());
    client.resource(coordinator).withGracePeriod(0).delete();
    Pod successor = pod(JobName.of(job).coordinatorPod());
    member(successor.getMetadata().getUid(), 2);

    assertThat(reporter.post(JobName.of(job), token, Fixtures.report(1))).isEqualTo(401);
  }

  @Test
  void aJobThatTookTheNameIsLeftAlone() {
    String gone = job.getMetadata().getUid();
    client.resource(job).delete();
    LitTrainingJob successor = create(job.getMetadata().getName());
    ProgressStatus late =
        Reports.fold(ProgressStatus.of(null), "pod", Fixtures.report(1), Instant.now());

    boolean written = new ApiStatusWriter(client).write(JobName.of(job), gone, late);

    assertThat(written).isFalse();
    assertThat(ProgressStatus.of(client.resource(successor).get().getStatus()))
        .isEqualTo(new ProgressStatus(null, List.of(), null, null, null, null));
  }

  private String audience() {
    return TokenClaims.audience(job);
  }

  private static String tampered(String token) {
    return token.substring(0, token.length() - 8) + "AAAAAAAA";
  }

  private LitTrainingJob create(String name) {
    String yaml =
        """
            apiVersion: lit-operator.io/v1alpha1
            kind: LitTrainingJob
            metadata: {namespace: %s, name: %s}
            spec:
              model:
                languageModel: {source: hf://Qwen/Qwen2-0.5B}
                visionTower: {source: hf://google/siglip-base-patch16-224}
              finetune:
                objective: {name: LIT}
                dataset: [{annotations: data.json, images: images}]
                globalBatchSize: 2
                maxSteps: 10
                optimizer: {learningRate: 0.001}
              topology: {nodes: 2}
              checkpoints: {destination: pvc://ckpt/demo}
            """
            .formatted(namespace, name);
    return client.resource(Serialization.unmarshal(yaml, LitTrainingJob.class)).create();
  }

  private Pod pod(String name) {
    Pod pod =
        client
            .resource(
                new PodBuilder(Fixtures.pod(job, null, 1))
                    .editMetadata()
                    .withName(name)
                    .withUid(null)
                    .withOwnerReferences()
                    .addNewOwnerReference()
                    .withApiVersion("lit-operator.io/v1alpha1")
                    .withKind("LitTrainingJob")
                    .withName(job.getMetadata().getName())
                    .withUid(job.getMetadata().getUid())
                    .endOwnerReference()
                    .endMetadata()
                    .editSpec()
                    .withServiceAccountName("worker")
                    .editFirstContainer()
                    .withImage("worker")
                    .endContainer()
                    .endSpec()
                    .build())
            .create();
    jobs.put(pod);
    return pod;
  }

  /** As the reconciler records a member. */
  private void member(String podUid, int attempt) {
    LitTrainingJob patch = new LitTrainingJob();
    patch.getMetadata().setNamespace(namespace);
    patch.getMetadata().setName(job.getMetadata().getName());
    LitTrainingJobStatus status =
        Fixtures.status(
            Phase.FINETUNING, List.of(new Member(0, podUid, attempt)), ProgressStatus.of(null));
    patch.setStatus(status);
    job =
        client
            .resource(patch)
            .subresource("status")
            .patch(
                new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager("lit-operator")
                    .withForce(true)
                    .build());
    jobs.put(job);
  }

  private String token(Pod pod, String audience) {
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience)
            .withExpirationSeconds(3600L)
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    return client
        .serviceAccounts()
        .inNamespace(namespace)
        .withName("worker")
        .tokenRequest(request)
        .getStatus()
        .getToken();
  }
}
