package io.litoperator.operator.reconcile;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.OperatorAccount;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Duration;
import java.util.function.Predicate;

/** A namespace of a real API server, with jobs whose kubelets and coordinators are played. */
final class JobNamespace {
  private final KubernetesClient client;
  private final String namespace;
  private final SimulatedWorkers workers;
  private final Config operator;

  JobNamespace(KubernetesClient client) {
    PublishedCrds.install(client, PublishedCrds.JOBS);
    this.client = client;
    this.namespace = Namespaces.make(client, "reconciler");
    this.workers = new SimulatedWorkers(client, namespace);
    this.operator = OperatorAccount.inJobNamespace(client, namespace);
  }

  String name() {
    return namespace;
  }

  /** An operator that watches this namespace, with the rights that it declares. */
  OperatorProcess start() {
    return start(Integer.MAX_VALUE);
  }

  /** As {@link OperatorProcess#OperatorProcess} has it. */
  OperatorProcess start(int lastWrite) {
    return new OperatorProcess(operator, namespace, lastWrite);
  }

  /** Of this namespace's Pods from now on. */
  PodHistory history() {
    return new PodHistory(client, namespace);
  }

  SimulatedWorkers workers() {
    return workers;
  }

  /** A job of two Pods, {@code job}. */
  LitTrainingJob create() {
    return create("job");
  }

  LitTrainingJob create(String name) {
    return create(name, "{}");
  }

  /**
   * @param spec what is special about it, as YAML
   */
  LitTrainingJob create(String name, String spec) {
    LitTrainingJob job = Jobs.edited(Jobs.of(2), spec);
    job.getMetadata().setNamespace(namespace);
    job.getMetadata().setName(name);
    job.getMetadata().setUid(null);
    job.getMetadata().setResourceVersion(null);
    job.getMetadata().setGeneration(null);
    job.setStatus(null);
    return client.resource(job).create();
  }

  void suspend(LitTrainingJob job, boolean suspend) {
    patchSpec(job, "{\"suspend\":%s}".formatted(suspend));
  }

  void resize(LitTrainingJob job, int nodes) {
    patchSpec(job, "{\"topology\":{\"nodes\":%d}}".formatted(nodes));
  }

  private void patchSpec(LitTrainingJob job, String json) {
    client
        .resource(job)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":%s}".formatted(json));
  }

  String uid(String pod) {
    return client.pods().inNamespace(namespace).withName(pod).require().getMetadata().getUid();
  }

  LitTrainingJob live(LitTrainingJob job) {
    return client.resource(job).require();
  }

  Phase phase(LitTrainingJob job) {
    LitTrainingJobStatus status = live(job).getStatus();
    return status == null ? null : status.phase();
  }

  /** Waits for the job's Pods and has them train. */
  void train(LitTrainingJob job) {
    reaches(job, Phase.STARTING);
    workers.pods().forEach(workers::run);
    workers.report(job, Activity.FINETUNING);
    reaches(job, Phase.FINETUNING);
  }

  /** Waits for it; the status it then has. */
  LitTrainingJobStatus reaches(LitTrainingJob job, Phase phase) {
    return reaches(job, status -> status.phase() == phase);
  }

  LitTrainingJobStatus reaches(LitTrainingJob job, Predicate<LitTrainingJobStatus> condition) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> live(job).told().filter(condition).isPresent());
    return live(job).getStatus();
  }
}
