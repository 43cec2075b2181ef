package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeAffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.plan.Scene;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.resource.TrustBundle;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reconciler on a real API server; kubelets and coordinators are played by the test. */
@ExtendWith(ApiServerExtension.class)
class ReconcilerIT {
  private final KubernetesClient client;
  private JobNamespace jobs;
  private String namespace;
  private SimulatedWorkers workers;

  ReconcilerIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    jobs = new JobNamespace(client);
    namespace = jobs.name();
    workers = jobs.workers();
  }

  /** What all jobs of a namespace share is made with the first. */
  @Test
  void runsAJobToItsEndWithinTheBudgetOfWrites() {
    client.resource(TrustBundle.of(namespace, OperatorProcess.CA_BUNDLE)).create();
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.reaches(job, Phase.STARTING);
      assertThat(client.services().inNamespace(namespace).list().getItems()).hasSize(1);
      assertThat(client.secrets().inNamespace(namespace).list().getItems()).hasSize(1);
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      jobs.reaches(job, Phase.FINETUNING);
      workers.report(job, Activity.DONE);
      workers.pods().forEach(pod -> workers.exit(pod, 0));
      jobs.reaches(job, Phase.SUCCEEDED);

      assertThat(operator.takenWrites()).hasSizeLessThanOrEqualTo(12);
    }
  }

  @Test
  void writesNothingWhenNothingChanges() {
    LitTrainingJob job;
    try (OperatorProcess operator = jobs.start()) {
      job = jobs.create();
      jobs.train(job);
      assertThat(operator.writes()).isNotEmpty();
    }
    String version = jobs.live(job).getMetadata().getResourceVersion();
    try (OperatorProcess successor = jobs.start()) {
      LitTrainingJob other = jobs.create("other");
      jobs.reaches(other, Phase.STARTING);
      assertThat(successor.writes()).noneMatch(write -> write.contains("/" + "job"));
      assertThat(jobs.live(job).getMetadata().getResourceVersion()).isEqualTo(version);
    }
  }

  /**
   * By the versions that etcd gives: the API server refuses a Pod whose account it does not have.
   */
  @Test
  void makesPodsOnceTheirServiceAccountIsThere() {
    try (OperatorProcess operator = jobs.start()) {
      for (int i = 0; i < 8; i++) {
        LitTrainingJob job = jobs.create("job-" + i);
        jobs.reaches(job, Phase.STARTING);
        long account =
            version(client.serviceAccounts().inNamespace(namespace).withName("job-" + i).require());

        assertThat(workers.pods())
            .filteredOn(pod -> pod.getMetadata().getName().startsWith(job.getMetadata().getName()))
            .hasSize(2)
            .allMatch(pod -> version(pod) > account);
      }
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void anAnswerThatComesLateHidesNoNews() {
    try (OperatorProcess operator = jobs.start()) {
      jobs.reaches(jobs.create(), Phase.STARTING);
      Pod made = client.pods().inNamespace(namespace).withName("job-0").require();
      workers.run(made);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> version(cached(operator, "job-0")) > version(made));

      operator.caches().wrote(made);

      assertThat(version(cached(operator, "job-0"))).isGreaterThan(version(made));
    }
  }

  private Pod cached(OperatorProcess operator, String pod) {
    return operator.caches().pod(namespace, pod).orElseThrow();
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  @Test
  void replacesADeletedPodAndKeepsTheOther() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.train(job);
      String kept = jobs.uid("job-0");
      String lost = jobs.uid("job-1");
      client.pods().inNamespace(namespace).withName("job-1").withGracePeriod(0).delete();

      LitTrainingJobStatus status =
          jobs.reaches(
              job,
              now ->
                  now.attempt() == 2
                      && now.members().get(1).podUid() != null
                      && !now.members().get(1).podUid().equals(lost));

      assertThat(status.members().get(0)).isEqualTo(new Member(0, kept, 1));
      assertThat(status.phase()).isEqualTo(Phase.RESTARTING);
      assertThat(status.restarts().byReason()).containsOnlyKeys("PodDeleted");
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void theSuccessorOfAPodWhoseDeviceFailedPrefersOtherNodes() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.reaches(job, Phase.STARTING);
      workers.pods().forEach(pod -> workers.bind(pod, "on-" + pod.getMetadata().getName()));
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      jobs.reaches(job, Phase.FINETUNING);
      Pod lost = client.pods().inNamespace(namespace).withName("job-1").require();
      workers.exit(lost, 71);

      LitTrainingJobStatus status =
          jobs.reaches(
              job,
              now ->
                  now.members().get(1).podUid() != null
                      && !now.members().get(1).podUid().equals(lost.getMetadata().getUid()));

      assertThat(status.avoidedNodes())
          .extracting(AvoidedNode::node, AvoidedNode::reason)
          .containsExactly(tuple("on-job-1", "AcceleratorFault"));
      assertThat(client.pods().inNamespace(namespace).withName("job-1").require().getSpec())
          .extracting(spec -> spec.getAffinity().getNodeAffinity())
          .isEqualTo(
              new NodeAffinityBuilder()
                  .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                  .withWeight(100)
                  .withNewPreference()
                  .withMatchFields(
                      new NodeSelectorRequirement("metadata.name", "NotIn", List.of("on-job-1")))
                  .endPreference()
                  .endPreferredDuringSchedulingIgnoredDuringExecution()
                  .build());
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void suspendsAndResumes() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.train(job);
      jobs.suspend(job, true);
      jobs.reaches(job, Phase.SUSPENDING);
      workers.report(job, Activity.STOPPED);
      workers.pods().forEach(pod -> workers.exit(pod, 75));
      jobs.reaches(job, Phase.SUSPENDED);
      await().until(() -> workers.pods().isEmpty());
      jobs.suspend(job, false);
      LitTrainingJobStatus status = jobs.reaches(job, Phase.STARTING);

      assertThat(status.attempt()).isEqualTo(2);
      assertThat(status.restarts().total()).isZero();
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void takesALastReportFromTheTerminationMessage() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      jobs.reaches(job, Phase.STARTING);
      List<Pod> pods = workers.pods();
      pods.forEach(workers::run);
      workers.exitUnheard(pods.get(0), 0, Jobs.lastReport());
      LitTrainingJobStatus status = jobs.reaches(job, Phase.SUCCEEDED);

      assertThat(status.progress().percent()).isEqualTo(100);
      assertThat(status.latestCheckpoint()).isEqualTo("finetune-40");
      assertThat(status.bestCheckpoint()).isEqualTo("finetune-40");
      assertThat(status.evaluations())
          .extracting(Evaluation::task, Evaluation::score)
          .containsExactly(tuple("pope", "0.75"));
      assertThat(status.coordinator().activity()).isEqualTo(Activity.DONE);
      assertThat(jobs.live(job).getMetadata().getManagedFields())
          .filteredOn(fields -> fields.getManager().equals(ProgressStatus.FIELD_MANAGER))
          .hasSize(1);
      assertThat(operator.takenWrites()).filteredOn(this::isStatus).hasSize(3);
    }
  }

  private boolean isStatus(String write) {
    return write.endsWith("/littrainingjobs/job/status");
  }

  @Test
  void aJobThatIsMadeAgainGetsItsPodsWhenThoseOfTheFormerHaveEnded() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob former = jobs.create();
      jobs.reaches(former, Phase.STARTING);
      List<Pod> left = workers.pods();
      left.forEach(pod -> workers.bind(pod, "far"));
      client.resource(former).delete();
      collectGarbage();

      LitTrainingJob job = jobs.create();
      assertThat(jobs.reaches(job, Phase.PENDING).pending().message())
          .isEqualTo("Pod job-0 of a former job of this name is still ending on node far.");

      left.forEach(pod -> client.resource(pod).withGracePeriod(0).delete());
      jobs.reaches(job, Phase.STARTING);
      assertThat(workers.pods())
          .hasSize(2)
          .allMatch(pod -> pod.hasOwnerReferenceFor(job.getMetadata().getUid()));
      assertThat(operator.isDead()).isFalse();
    }
  }

  /** Of a job that is deleted; Pods that are on a node are only told to end. */
  private void collectGarbage() {
    Stream.of(
            client.services(),
            client.configMaps(),
            client.secrets(),
            client.serviceAccounts(),
            client.network().v1().networkPolicies(),
            client.pods())
        .forEach(kind -> kind.inNamespace(namespace).withLabel(Labels.JOB).delete());
  }

  @Test
  void aSpecThatWasChangedMeanwhileIsLookedAtFirst() {
    LitTrainingJob observed = jobs.create();
    jobs.suspend(observed, true);
    StatusPatch patch = new StatusPatch(client, ActionRunner.FIELD_MANAGER);

    assertThatThrownBy(() -> patch.apply(observed, Scene.begun("").status()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            refused -> assertThat(refused.getCode()).isEqualTo(409));
    assertThat(jobs.live(observed).getSpec().suspend()).isTrue();
    assertThat(jobs.live(observed).told()).isEmpty();
    try (OperatorProcess operator = jobs.start()) {
      jobs.reaches(observed, Phase.SUSPENDED);
      assertThat(jobs.live(observed).getSpec().suspend()).isTrue();
      assertThat(operator.isDead()).isFalse();
    }
  }
}
