package io.litoperator.e2e.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs in the queues of Kueue itself. */
@Tag("kueue")
@Timeout(300)
class KueueIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String URGENT = "    labels: {kueue.x-k8s.io/priority-class: urgent}";

  private static QueueBench bench;
  private static QueuedJobs jobs;

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectories(Path.of("target"));
    bench = QueueBench.start(Files.createTempDirectory(folder, "kueue-").toAbsolutePath());
    jobs = bench.jobs();
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @Test
  void aJobWithQuotaIsAdmittedRunsAndGivesItBack() {
    jobs.queue("enough", 2);
    long place = bench.place();
    jobs.run("succeeding", 2, "enough");
    jobs.awaitUsed("enough", 2);

    jobs.succeed("succeeding");
    await("its end").atMost(LIMIT).until(() -> jobs.workloadIs("succeeding", "Finished"));
    jobs.awaitUsed("enough", 0);
    assertThat(bench.writes(place, "pods")).isEqualTo(Map.of("create pods", 2L));
    assertThat(bench.writes(place, "workloads")).isEmpty();
  }

  /** Its affinity, by which Kueue would take it for one of another role, is not its group's. */
  @Test
  void aPodThatIsToAvoidANodeStaysInItsGroup() {
    jobs.queue("avoiding", 2);
    Pod lost = jobs.run("avoiding", 2, "avoiding").get(1);
    String workload = jobs.workload("avoiding").orElseThrow().getMetadata().getUid();

    jobs.exit(lost, 71);

    jobs.awaitStatus(
        "avoiding",
        "to avoid a node",
        status ->
            status.avoidedNodes() != null
                && status.members().get(1).podUid() != null
                && !status.members().get(1).podUid().equals(lost.getMetadata().getUid()));
    Pod successor = jobs.awaitRunning("avoiding", 2).get(1);
    assertThat(successor.getSpec().getAffinity().getNodeAffinity()).isNotNull();
    assertThat(jobs.workload("avoiding").orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(jobs.workloadIs("avoiding", "Admitted")).isTrue();
    jobs.awaitUsed("avoiding", 2);
    jobs.delete("avoiding");
  }

  @Test
  void aJobThatFailsForGoodGivesItsQuotaBack() {
    jobs.queue("failing", 2);
    jobs.run("failing", 2, "failing").forEach(pod -> jobs.exit(pod, 65));

    jobs.await("failing", Phase.FAILED);
    jobs.awaitUsed("failing", 0);
  }

  @Test
  void aJobWithoutQuotaWaitsInKueuesWordsUntilAnotherEnds() {
    jobs.queue("narrow", 2);
    jobs.run("first", 2, "narrow");
    jobs.create("second", 2, "narrow");

    LitTrainingJobStatus waiting = jobs.awaitWithoutQuota("second");
    assertThat(waiting.phase()).isEqualTo(Phase.QUEUED);
    assertThat(waiting.pending().message()).startsWith("Kueue: ").contains("insufficient");
    assertThat(waiting.startTime()).isNull();

    jobs.succeed("first");
    jobs.awaitRunning("second", 2);
    jobs.succeed("second");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPreemptedJobKeepsItsPlaceAndItsBudgetAndGoesOnLater(int nodes) {
    String queue = "contested-" + nodes;
    String ordinary = "ordinary-" + nodes;
    String urgent = "urgent-" + nodes;
    jobs.queue(queue, nodes);
    jobs.run(ordinary, nodes, queue);
    String workload = jobs.workload(ordinary).orElseThrow().getMetadata().getUid();

    jobs.run(urgent, nodes, queue, URGENT);
    LitTrainingJobStatus preempted = jobs.await(ordinary, Phase.QUEUED);
    assertThat(preempted.restarts().total()).isZero();
    assertThat(preempted.restarts().byReason()).isEqualTo(Map.of("Preempted", 1));
    assertThat(preempted.lastFailure().message()).containsIgnoringCase("preempted");

    jobs.succeed(urgent);
    jobs.awaitRunning(ordinary, nodes);
    assertThat(jobs.workload(ordinary).orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(jobs.job(ordinary).getStatus().restarts().byReason())
        .isEqualTo(Map.of("Preempted", 1));
    jobs.succeed(ordinary);
    jobs.awaitUsed(queue, 0);
  }

  /** Another job waits for the quota all the time. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aLostPodComesBackInThePlaceOfItsGang(int nodes) {
    String queue = "kept-" + nodes;
    String holder = "holder-" + nodes;
    String waiter = "waiter-" + nodes;
    jobs.queue(queue, nodes);
    List<Pod> pods = jobs.run(holder, nodes, queue);
    jobs.create(waiter, nodes, queue);
    jobs.awaitWithoutQuota(waiter);
    String workload = jobs.workload(holder).orElseThrow().getMetadata().getUid();

    jobs.exit(pods.get(nodes - 1), 70);
    jobs.awaitSuccessor(pods.get(nodes - 1));
    pods = jobs.awaitRunning(holder, nodes);
    jobs.delete(pods.get(nodes - 1));
    jobs.awaitSuccessor(pods.get(nodes - 1));
    jobs.awaitRunning(holder, nodes);

    assertThat(jobs.workload(holder).orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(jobs.job(waiter).getStatus().phase()).isEqualTo(Phase.QUEUED);
    assertThat(jobs.job(holder).getStatus().restarts().byReason())
        .isEqualTo(Map.of("PodFailed", 1, "PodDeleted", 1));
    jobs.succeed(holder);
    jobs.awaitRunning(waiter, nodes);
    jobs.succeed(waiter);
  }

  @Test
  void aJobThatIsSentBackByAPersonGoesOnWhenItMay() {
    jobs.queue("governed", 2);
    jobs.run("moved", 2, "governed");

    jobs.setActive("moved", false);
    jobs.awaitStatus(
        "moved",
        "told that it is deactivated",
        status -> status.pending() != null && status.pending().message().contains("deactivated"));
    jobs.awaitUsed("governed", 0);
    jobs.setActive("moved", true);
    List<Pod> pods = jobs.awaitRunning("moved", 2);

    jobs.delete(jobs.workload("moved").orElseThrow());
    pods.forEach(jobs::awaitSuccessor);
    jobs.awaitRunning("moved", 2);
    assertThat(jobs.job("moved").getStatus().restarts().total()).isZero();
    jobs.succeed("moved");
  }

  /** Of an agent that ended well with a gang that did not, Kueue has taken the quota back. */
  @Test
  void anAgentThatHadEndedComesBack() {
    jobs.queue("reclaimed", 2);
    List<Pod> pods = jobs.run("almost", 2, "reclaimed");
    jobs.exit(pods.get(1), 0);
    jobs.awaitUsed("reclaimed", 1);

    jobs.exit(pods.get(0), 70);

    jobs.awaitSuccessor(pods.get(0));
    jobs.awaitSuccessor(pods.get(1));
    jobs.awaitRunning("almost", 2);
    jobs.awaitUsed("reclaimed", 2);
    jobs.succeed("almost");
  }

  @Test
  void aSuspendedJobGivesItsQuotaBackAndTakesItAgain() {
    jobs.queue("lent", 2);
    jobs.run("pausing", 2, "lent");

    jobs.patch("pausing", "{\"suspend\": true}");
    jobs.await("pausing", Phase.SUSPENDED);
    jobs.awaitUsed("lent", 0);
    jobs.awaitGone("pausing");

    jobs.patch("pausing", "{\"suspend\": false}");
    jobs.awaitRunning("pausing", 2);
    jobs.awaitUsed("lent", 2);
    jobs.succeed("pausing");
  }

  @Test
  void aQueuedJobThatIsSuspendedLeavesTheQueue() {
    jobs.queue("closed", 0);
    jobs.create("resting", 2, "closed");
    jobs.awaitWithoutQuota("resting");

    jobs.patch("resting", "{\"suspend\": true}");
    jobs.await("resting", Phase.SUSPENDED);
    jobs.awaitGone("resting");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aJobThatIsDeletedLeavesNothing(int cpu) {
    String name = "deleted-" + cpu;
    jobs.queue(name, cpu);
    jobs.create(name, 2, name);
    if (cpu == 0) {
      jobs.awaitWithoutQuota(name);
    } else {
      jobs.awaitRunning(name, 2);
    }

    jobs.delete(name);

    jobs.awaitGone(name);
    jobs.awaitUsed(name, 0);
  }

  @Test
  void aResizedJobIsAGroupOfItsNewSize() {
    jobs.queue("elastic", 4);
    jobs.run("growing", 2, "elastic");

    jobs.patch("growing", "{\"topology\": {\"nodes\": 4}}");
    jobs.awaitRunning("growing", 4);
    jobs.awaitUsed("elastic", 4);

    jobs.patch("growing", "{\"topology\": {\"nodes\": 1}}");
    jobs.awaitRunning("growing", 1);
    jobs.awaitUsed("elastic", 1);
    assertThat(jobs.job("growing").getStatus().restarts().total()).isZero();
    assertThat(jobs.job("growing").getStatus().restarts().byReason())
        .isEqualTo(Map.of("Resized", 2));
    jobs.succeed("growing");
  }

  @Test
  void jobsOfSeveralQueuesGoOnBesideEachOther() {
    List<String> queues = List.of("left", "right");
    for (String queue : queues) {
      jobs.queue(queue, 1);
      jobs.run("first-" + queue, 1, queue);
      jobs.create("second-" + queue, 1, queue);
    }
    for (String turn : List.of("first-", "second-")) {
      for (String queue : queues) {
        jobs.awaitRunning(turn + queue, 1);
        jobs.succeed(turn + queue);
      }
    }
  }

  @Test
  void aQueueThatIsNotThereIsToldOf() {
    jobs.create("astray", 2, "nowhere");

    LitTrainingJobStatus status =
        jobs.awaitStatus(
            "astray",
            "told that there is no such queue",
            each -> each.pending() != null && each.pending().message().contains("nowhere"));
    assertThat(status.phase()).isEqualTo(Phase.QUEUED);

    jobs.queue("nowhere", 2);
    jobs.awaitRunning("astray", 2);
    jobs.succeed("astray");
  }
}
