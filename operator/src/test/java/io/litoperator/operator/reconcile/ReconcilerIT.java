package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import io.litoperator.operator.apiserver.Namespaces;
import io.litoperator.operator.apiserver.PublishedCrds;
import io.litoperator.operator.plan.Scene;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reconciler on a real API server; kubelets and coordinators are played by the test. */
@ExtendWith(ApiServerExtension.class)
class ReconcilerIT {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final KubernetesClient client;
  private String namespace;
  private SimulatedWorkers workers;

  ReconcilerIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    PublishedCrds.install(client, PublishedCrds.JOBS);
    namespace = Namespaces.make(client, "reconciler");
    workers = new SimulatedWorkers(client, namespace);
  }

  @Test
  void runsAJobToItsEndWithinTheBudgetOfWrites() {
    try (OperatorProcess operator = start(UNLIMITED)) {
      LitTrainingJob job = create();
      reaches(job, Phase.STARTING);
      assertThat(client.services().inNamespace(namespace).list().getItems()).hasSize(1);
      assertThat(client.secrets().inNamespace(namespace).list().getItems()).hasSize(1);
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      reaches(job, Phase.FINETUNING);
      workers.report(job, Activity.DONE);
      workers.pods().forEach(pod -> workers.exit(pod, 0));
      reaches(job, Phase.SUCCEEDED);

      assertThat(operator.writes()).hasSizeLessThanOrEqualTo(12);
    }
  }

  @Test
  void writesNothingWhenNothingChanges() {
    LitTrainingJob job;
    try (OperatorProcess operator = start(UNLIMITED)) {
      job = create();
      reaches(job, Phase.STARTING);
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      reaches(job, Phase.FINETUNING);
      assertThat(operator.writes()).isNotEmpty();
    }
    String version = live(job).getMetadata().getResourceVersion();
    try (OperatorProcess successor = start(UNLIMITED)) {
      LitTrainingJob other = create("other");
      reaches(other, Phase.STARTING);
      assertThat(successor.writes()).noneMatch(write -> write.contains("/" + "job"));
      assertThat(live(job).getMetadata().getResourceVersion()).isEqualTo(version);
    }
  }

  /**
   * By the versions that etcd gives: the API server refuses a Pod whose account it does not have.
   */
  @Test
  void makesPodsOnceTheirServiceAccountIsThere() {
    try (OperatorProcess operator = start(UNLIMITED)) {
      for (int i = 0; i < 8; i++) {
        LitTrainingJob job = create("job-" + i);
        reaches(job, Phase.STARTING);
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
    try (OperatorProcess operator = start(UNLIMITED)) {
      reaches(create(), Phase.STARTING);
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
    try (OperatorProcess operator = start(UNLIMITED)) {
      LitTrainingJob job = create();
      reaches(job, Phase.STARTING);
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      reaches(job, Phase.FINETUNING);
      String kept = uid("job-0");
      String lost = uid("job-1");
      client.pods().inNamespace(namespace).withName("job-1").withGracePeriod(0).delete();

      LitTrainingJobStatus status =
          reaches(
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
  void suspendsAndResumes() {
    try (OperatorProcess operator = start(UNLIMITED)) {
      LitTrainingJob job = create();
      reaches(job, Phase.STARTING);
      workers.pods().forEach(workers::run);
      workers.report(job, Activity.FINETUNING);
      reaches(job, Phase.FINETUNING);
      suspend(job, true);
      reaches(job, Phase.SUSPENDING);
      workers.report(job, Activity.STOPPED);
      workers.pods().forEach(pod -> workers.exit(pod, 75));
      reaches(job, Phase.SUSPENDED);
      await().until(() -> workers.pods().isEmpty());
      suspend(job, false);
      LitTrainingJobStatus status = reaches(job, Phase.STARTING);

      assertThat(status.attempt()).isEqualTo(2);
      assertThat(status.restarts().total()).isZero();
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void takesALastReportFromTheTerminationMessage() {
    try (OperatorProcess operator = start(UNLIMITED)) {
      LitTrainingJob job = create();
      reaches(job, Phase.STARTING);
      List<Pod> pods = workers.pods();
      pods.forEach(workers::run);
      workers.exitUnheard(pods.get(0), Jobs.lastReport());
      LitTrainingJobStatus status = reaches(job, Phase.SUCCEEDED);

      assertThat(status.progress().percent()).isEqualTo(100);
      assertThat(status.latestCheckpoint()).isEqualTo("finetune-40");
      assertThat(status.bestCheckpoint()).isEqualTo("finetune-40");
      assertThat(status.evaluations())
          .extracting(Evaluation::task, Evaluation::score)
          .containsExactly(tuple("pope", "0.75"));
      assertThat(status.coordinator().activity()).isEqualTo(Activity.DONE);
      assertThat(live(job).getMetadata().getManagedFields())
          .filteredOn(fields -> fields.getManager().equals(ProgressStatus.FIELD_MANAGER))
          .hasSize(1);
      assertThat(operator.writes()).filteredOn(this::isStatus).hasSize(3);
    }
  }

  private boolean isStatus(String write) {
    return write.endsWith("/littrainingjobs/job/status");
  }

  @Test
  void aSpecThatWasChangedMeanwhileIsLookedAtFirst() {
    LitTrainingJob observed = create();
    suspend(observed, true);
    StatusPatch patch = new StatusPatch(client, ActionRunner.FIELD_MANAGER);

    assertThatThrownBy(() -> patch.apply(observed, Scene.begun("").status()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            refused -> assertThat(refused.getCode()).isEqualTo(409));
    assertThat(live(observed).getSpec().suspend()).isTrue();
    assertThat(live(observed).getStatus()).isNull();
    try (OperatorProcess operator = start(UNLIMITED)) {
      reaches(observed, Phase.SUSPENDED);
      assertThat(live(observed).getSpec().suspend()).isTrue();
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void endsWellWhereverTheOperatorDies() {
    for (int lastWrite = 1; ; lastWrite++) {
      namespace = Namespaces.make(client, "reconciler");
      workers = new SimulatedWorkers(client, namespace);
      if (!diesAndEndsWell(lastWrite)) {
        assertThat(lastWrite).as("writes of a whole life").isBetween(10, 24);
        return;
      }
    }
  }

  /** Runs a job that loses a Pod; whether the first operator died on the way. */
  private boolean diesAndEndsWell(int lastWrite) {
    OperatorProcess operator = start(lastWrite);
    boolean died = false;
    try {
      LitTrainingJob job = create();
      boolean lost = false;
      long giveUp = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (phase(job) != Phase.SUCCEEDED) {
        assertThat(System.nanoTime())
            .as("time with death at write " + lastWrite)
            .isLessThan(giveUp);
        if (!died && operator.isDead()) {
          operator.close();
          operator = start(UNLIMITED);
          died = true;
        }
        lost = live(job, lost);
      }
      LitTrainingJobStatus status = live(job).getStatus();
      assertThat(status.restarts().total()).as("death at write " + lastWrite).isEqualTo(1);
      assertThat(workers.pods())
          .extracting(pod -> pod.getMetadata().getName())
          .containsExactlyInAnyOrder("job-0", "job-1");
      return died;
    } finally {
      operator.close();
    }
  }

  /** Lets the cluster go on by one step; whether the Pod has been lost. */
  private boolean live(LitTrainingJob job, boolean lost) {
    LitTrainingJobStatus status = live(job).getStatus();
    List<Pod> pods = workers.pods();
    pods.stream().filter(pod -> "Pending".equals(pod.getStatus().getPhase())).forEach(workers::run);
    if (status == null
        || status.members() == null
        || pods.size() < 2
        || !areRecorded(status, pods)) {
      return lost;
    }
    if (!lost) {
      workers.exit(pods.get(1), 70);
      return true;
    }
    if (status.attempt() == 2
        && pods.stream().map(ObservedPod::new).allMatch(ObservedPod::isRunning)) {
      workers.report(job, Activity.DONE);
      pods.forEach(pod -> workers.exit(pod, 0));
    }
    return true;
  }

  private static boolean areRecorded(LitTrainingJobStatus status, List<Pod> pods) {
    return status.members().stream()
        .allMatch(
            member ->
                pods.stream().anyMatch(pod -> pod.getMetadata().getUid().equals(member.podUid())));
  }

  private OperatorProcess start(int lastWrite) {
    return new OperatorProcess(client.getConfiguration(), namespace, lastWrite);
  }

  private LitTrainingJob create() {
    return create("job");
  }

  private LitTrainingJob create(String name) {
    LitTrainingJob job = Jobs.of(2);
    job.getMetadata().setNamespace(namespace);
    job.getMetadata().setName(name);
    job.getMetadata().setUid(null);
    job.getMetadata().setResourceVersion(null);
    job.getMetadata().setGeneration(null);
    return client.resource(job).create();
  }

  private void suspend(LitTrainingJob job, boolean suspend) {
    client
        .resource(job)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"suspend\":%s}}".formatted(suspend));
  }

  private String uid(String pod) {
    return client.pods().inNamespace(namespace).withName(pod).require().getMetadata().getUid();
  }

  private LitTrainingJob live(LitTrainingJob job) {
    return client.resource(job).require();
  }

  private Phase phase(LitTrainingJob job) {
    LitTrainingJobStatus status = live(job).getStatus();
    return status == null ? null : status.phase();
  }

  private LitTrainingJobStatus reaches(LitTrainingJob job, Phase phase) {
    return reaches(job, status -> status.phase() == phase);
  }

  private LitTrainingJobStatus reaches(
      LitTrainingJob job, Predicate<LitTrainingJobStatus> condition) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> live(job).getStatus() != null && condition.test(live(job).getStatus()));
    return live(job).getStatus();
  }
}
