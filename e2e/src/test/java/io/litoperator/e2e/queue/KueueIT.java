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

  @BeforeAll
  static void start() throws IOException {
    Path folder = Files.createDirectories(Path.of("target"));
    bench = QueueBench.start(Files.createTempDirectory(folder, "kueue-").toAbsolutePath());
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @Test
  void aJobWithQuotaIsAdmittedRunsAndGivesItBack() {
    bench.queue("enough", 2);
    long place = bench.place();
    bench.create("succeeding", 2, "enough");
    bench.awaitRunning("succeeding", 2);
    bench.awaitUsed("enough", 2);

    bench.succeed("succeeding");

    bench.await("succeeding", Phase.SUCCEEDED);
    await("its end").atMost(LIMIT).until(() -> bench.workloadIs("succeeding", "Finished"));
    bench.awaitUsed("enough", 0);
    assertThat(bench.writes(place, "pods")).isEqualTo(Map.of("create pods", 2L));
    assertThat(bench.writes(place, "workloads")).isEmpty();
  }

  /** Its affinity, by which Kueue would take it for one of another role, is not its group's. */
  @Test
  void aPodThatIsToAvoidANodeStaysInItsGroup() {
    bench.queue("avoiding", 2);
    bench.create("avoiding", 2, "avoiding");
    Pod lost = bench.awaitRunning("avoiding", 2).get(1);
    String workload = bench.workload("avoiding").orElseThrow().getMetadata().getUid();

    bench.node().exit(lost, 71);

    bench.awaitStatus(
        "avoiding",
        "to avoid a node",
        status ->
            status.avoidedNodes() != null
                && status.members().get(1).podUid() != null
                && !status.members().get(1).podUid().equals(lost.getMetadata().getUid()));
    Pod successor = bench.awaitRunning("avoiding", 2).get(1);
    assertThat(successor.getSpec().getAffinity().getNodeAffinity()).isNotNull();
    assertThat(bench.workload("avoiding").orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(bench.workloadIs("avoiding", "Admitted")).isTrue();
    bench.awaitUsed("avoiding", 2);
    bench.delete("avoiding");
  }

  @Test
  void aJobThatFailsForGoodGivesItsQuotaBack() {
    bench.queue("failing", 2);
    bench.create("failing", 2, "failing");
    bench.awaitRunning("failing", 2).forEach(pod -> bench.node().exit(pod, 65));

    bench.await("failing", Phase.FAILED);
    bench.awaitUsed("failing", 0);
  }

  @Test
  void aJobWithoutQuotaWaitsInKueuesWordsUntilAnotherEnds() {
    bench.queue("narrow", 2);
    bench.create("first", 2, "narrow");
    bench.awaitRunning("first", 2);
    bench.create("second", 2, "narrow");

    LitTrainingJobStatus waiting =
        bench.awaitStatus(
            "second",
            "told why it waits",
            status -> status.pending() != null && status.pending().message().contains("quota"));
    assertThat(waiting.phase()).isEqualTo(Phase.QUEUED);
    assertThat(waiting.pending().message()).startsWith("Kueue: ").contains("insufficient");
    assertThat(waiting.startTime()).isNull();

    bench.succeed("first");
    bench.awaitRunning("second", 2);
    bench.succeed("second");
    bench.await("second", Phase.SUCCEEDED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPreemptedJobKeepsItsPlaceAndItsBudgetAndGoesOnLater(int nodes) {
    String queue = "contested-" + nodes;
    String ordinary = "ordinary-" + nodes;
    String urgent = "urgent-" + nodes;
    bench.queue(queue, nodes);
    bench.create(ordinary, nodes, queue);
    bench.awaitRunning(ordinary, nodes);
    String workload = bench.workload(ordinary).orElseThrow().getMetadata().getUid();

    bench.create(urgent, nodes, queue, URGENT);
    bench.awaitRunning(urgent, nodes);
    LitTrainingJobStatus preempted = bench.await(ordinary, Phase.QUEUED);
    assertThat(preempted.restarts().total()).isZero();
    assertThat(preempted.restarts().byReason()).isEqualTo(Map.of("Preempted", 1));
    assertThat(preempted.lastFailure().message()).contains("reempted");

    bench.succeed(urgent);
    bench.await(urgent, Phase.SUCCEEDED);
    bench.awaitRunning(ordinary, nodes);
    assertThat(bench.workload(ordinary).orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(bench.job(ordinary).getStatus().restarts().byReason())
        .isEqualTo(Map.of("Preempted", 1));
    bench.succeed(ordinary);
    bench.await(ordinary, Phase.SUCCEEDED);
    bench.awaitUsed(queue, 0);
  }

  /** Another job waits for the quota all the time. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aLostPodComesBackInThePlaceOfItsGang(int nodes) {
    String queue = "kept-" + nodes;
    String holder = "holder-" + nodes;
    String waiter = "waiter-" + nodes;
    bench.queue(queue, nodes);
    bench.create(holder, nodes, queue);
    List<Pod> pods = bench.awaitRunning(holder, nodes);
    bench.create(waiter, nodes, queue);
    bench.await(waiter, Phase.QUEUED);
    String workload = bench.workload(holder).orElseThrow().getMetadata().getUid();

    bench.node().exit(pods.get(nodes - 1), 70);
    bench.awaitSuccessor(pods.get(nodes - 1));
    pods = bench.awaitRunning(holder, nodes);
    bench.client().resource(pods.get(nodes - 1)).delete();
    bench.awaitSuccessor(pods.get(nodes - 1));
    bench.awaitRunning(holder, nodes);

    assertThat(bench.workload(holder).orElseThrow().getMetadata().getUid()).isEqualTo(workload);
    assertThat(bench.job(waiter).getStatus().phase()).isEqualTo(Phase.QUEUED);
    assertThat(bench.job(holder).getStatus().restarts().byReason())
        .isEqualTo(Map.of("PodFailed", 1, "PodDeleted", 1));
    bench.succeed(holder);
    bench.await(holder, Phase.SUCCEEDED);
    bench.awaitRunning(waiter, nodes);
    bench.succeed(waiter);
    bench.await(waiter, Phase.SUCCEEDED);
  }

  @Test
  void aJobThatIsSentBackByAPersonGoesOnWhenItMay() {
    bench.queue("governed", 2);
    bench.create("moved", 2, "governed");
    bench.awaitRunning("moved", 2);

    bench.setActive("moved", false);
    bench.awaitStatus(
        "moved",
        "told that it is deactivated",
        status -> status.pending() != null && status.pending().message().contains("deactivated"));
    bench.awaitUsed("governed", 0);
    bench.setActive("moved", true);
    List<Pod> pods = bench.awaitRunning("moved", 2);

    bench.client().resource(bench.workload("moved").orElseThrow()).delete();
    pods.forEach(bench::awaitSuccessor);
    bench.awaitRunning("moved", 2);
    assertThat(bench.job("moved").getStatus().restarts().total()).isZero();
    bench.succeed("moved");
    bench.await("moved", Phase.SUCCEEDED);
  }

  /** Of an agent that ended well with a gang that did not, Kueue has taken the quota back. */
  @Test
  void anAgentThatHadEndedComesBack() {
    bench.queue("reclaimed", 2);
    bench.create("almost", 2, "reclaimed");
    List<Pod> pods = bench.awaitRunning("almost", 2);
    bench.node().exit(pods.get(1), 0);
    bench.awaitUsed("reclaimed", 1);

    bench.node().exit(pods.get(0), 70);

    bench.awaitSuccessor(pods.get(0));
    bench.awaitSuccessor(pods.get(1));
    bench.awaitRunning("almost", 2);
    bench.awaitUsed("reclaimed", 2);
    bench.succeed("almost");
    bench.await("almost", Phase.SUCCEEDED);
  }

  @Test
  void aSuspendedJobGivesItsQuotaBackAndTakesItAgain() {
    bench.queue("lent", 2);
    bench.create("pausing", 2, "lent");
    bench.awaitRunning("pausing", 2);

    bench.patch("pausing", "{\"suspend\": true}");
    bench.await("pausing", Phase.SUSPENDED);
    bench.awaitUsed("lent", 0);
    bench.awaitGone("pausing");

    bench.patch("pausing", "{\"suspend\": false}");
    bench.awaitRunning("pausing", 2);
    bench.awaitUsed("lent", 2);
    bench.succeed("pausing");
    bench.await("pausing", Phase.SUCCEEDED);
  }

  @Test
  void aQueuedJobThatIsSuspendedLeavesTheQueue() {
    bench.queue("closed", 0);
    bench.create("resting", 2, "closed");
    bench.await("resting", Phase.QUEUED);

    bench.patch("resting", "{\"suspend\": true}");
    bench.await("resting", Phase.SUSPENDED);
    bench.awaitGone("resting");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aJobThatIsDeletedLeavesNothing(int cpu) {
    String name = "deleted-" + cpu;
    bench.queue(name, cpu);
    bench.create(name, 2, name);
    if (cpu == 0) {
      bench.await(name, Phase.QUEUED);
    } else {
      bench.awaitRunning(name, 2);
    }

    bench.delete(name);

    bench.awaitGone(name);
    bench.awaitUsed(name, 0);
  }

  @Test
  void aResizedJobIsAGroupOfItsNewSize() {
    bench.queue("elastic", 4);
    bench.create("growing", 2, "elastic");
    bench.awaitRunning("growing", 2);

    bench.patch("growing", "{\"topology\": {\"nodes\": 4}}");
    bench.awaitRunning("growing", 4);
    bench.awaitUsed("elastic", 4);

    bench.patch("growing", "{\"topology\": {\"nodes\": 1}}");
    bench.awaitRunning("growing", 1);
    bench.awaitUsed("elastic", 1);
    assertThat(bench.job("growing").getStatus().restarts().total()).isZero();
    assertThat(bench.job("growing").getStatus().restarts().byReason())
        .isEqualTo(Map.of("Resized", 2));
    bench.succeed("growing");
    bench.await("growing", Phase.SUCCEEDED);
  }

  @Test
  void jobsOfSeveralQueuesGoOnBesideEachOther() {
    bench.queue("left", 1);
    bench.queue("right", 1);
    for (String turn : List.of("first-", "second-")) {
      bench.create(turn + "left", 1, "left");
      bench.create(turn + "right", 1, "right");
      if (turn.equals("first-")) {
        bench.awaitRunning("first-left", 1);
        bench.awaitRunning("first-right", 1);
      }
    }
    for (String turn : List.of("first-", "second-")) {
      for (String queue : List.of("left", "right")) {
        bench.awaitRunning(turn + queue, 1);
        bench.succeed(turn + queue);
        bench.await(turn + queue, Phase.SUCCEEDED);
      }
    }
  }

  @Test
  void aQueueThatIsNotThereIsToldOf() {
    bench.create("astray", 2, "nowhere");

    LitTrainingJobStatus status =
        bench.awaitStatus(
            "astray",
            "told that there is no such queue",
            each -> each.pending() != null && each.pending().message().contains("nowhere"));
    assertThat(status.phase()).isEqualTo(Phase.QUEUED);

    bench.queue("nowhere", 2);
    bench.awaitRunning("astray", 2);
    bench.succeed("astray");
    bench.await("astray", Phase.SUCCEEDED);
  }
}
