package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pace;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.progress.LastReport;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Phases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever happens in whatever order, and however old what the operator sees: once it stops, the
 * job comes to what its spec asks for, no loss has been counted twice, and no budget exceeded.
 */
class ConvergenceTest {
  private static final int MAX_RESTARTS = 4;
  private static final int MOST_ROUNDS = 60;

  /**
   * What waits for a time waits for less than these rounds of 30 s, but for a dead node and for a
   * pause.
   */
  private static final int QUIET_ROUNDS = 3;

  private enum Event {
    START_PODS,
    REPORT,
    RESTART_IN_PLACE,
    FAIL_UNHEARD,
    FAIL_70,
    FAIL_71,
    FAIL_75,
    FAIL_137,
    FAIL_65,
    SUCCEED,
    REJECT_POD,
    DELETE_POD,
    KILL_NODE,
    SUSPEND,
    RESUME,
    RESIZE,
    OTHERS,
    SETTLE,
    MINUTE,
    RECONCILE,
    RECONCILE_AND_DIE,
    KUEUE,
    PREEMPT,
    QUOTA
  }

  private static final Set<Event> OF_QUEUES = EnumSet.of(Event.KUEUE, Event.PREEMPT, Event.QUOTA);
  private static final List<Event> OFTEN =
      List.of(Event.RECONCILE, Event.START_PODS, Event.REPORT, Event.SETTLE);

  private record Step(Event event, int index, int jobLag, int podLag, int survives) {}

  private final Planner planner = new Planner(Jobs.SETTINGS, Duration.ofMinutes(5));

  @Provide
  Arbitrary<List<Step>> histories() {
    return histories(EnumSet.complementOf(EnumSet.copyOf(OF_QUEUES)), OFTEN);
  }

  @Provide
  Arbitrary<List<Step>> queuedHistories() {
    List<Event> often = new ArrayList<>(OFTEN);
    often.add(Event.KUEUE);
    return histories(EnumSet.allOf(Event.class), often);
  }

  private static Arbitrary<List<Step>> histories(Set<Event> events, List<Event> often) {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(events)), Tuple.of(3, Arbitraries.of(often))),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 4))
        .as(Step::new)
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void convergesToWhatTheSpecAsksFor(@ForAll("histories") List<Step> steps) {
    converges(new SimulatedCluster(2, MAX_RESTARTS, false), steps);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void convergesInAQueueOfKueues(@ForAll("queuedHistories") List<Step> steps) {
    SimulatedCluster cluster = new SimulatedCluster(2, MAX_RESTARTS, true);
    converges(cluster, steps);
    boolean over = Phases.isOver(cluster.status().orElseThrow().phase());
    if (over || cluster.isSuspended()) {
      assertThat(cluster.holdsQuota()).as("what is over or suspended holds quota").isFalse();
    }
  }

  private void converges(SimulatedCluster cluster, List<Step> steps) {
    for (Step step : steps) {
      happen(cluster, step);
      invariants(cluster);
    }
    int rounds = 0;
    int quiet = 0;
    while (quiet < QUIET_ROUNDS || anyTerminating(cluster) || anyDelayed(cluster)) {
      int before = cluster.writes;
      cluster.obey();
      cluster.settle();
      cluster.setQuota(true);
      cluster.kueueActs();
      cluster.startPods();
      cluster.report(Map.of());
      reconcile(cluster, 0, 0, Integer.MAX_VALUE);
      cluster.pass(Duration.ofSeconds(30));
      invariants(cluster);
      assertThat(rounds++).as("rounds until nothing is left to do").isLessThan(MOST_ROUNDS);
      quiet = cluster.writes > before ? 0 : quiet + 1;
    }
    settled(cluster);
  }

  /** What has ended is kept by Kueue alone. */
  private static boolean anyTerminating(SimulatedCluster cluster) {
    return cluster.livePods().stream().anyMatch(ObservedPod::isTerminating);
  }

  private static boolean anyDelayed(SimulatedCluster cluster) {
    return cluster
        .status()
        .filter(status -> !Phases.isOver(status.phase()) && !cluster.isSuspended())
        .filter(status -> isPausing(cluster))
        .isPresent();
  }

  private static boolean isPausing(SimulatedCluster cluster) {
    return cluster
        .status()
        .map(status -> status.restarts().pace())
        .map(Pace::nextPodAt)
        .filter(at -> cluster.now().isBefore(Instant.parse(at)))
        .isPresent();
  }

  private void happen(SimulatedCluster cluster, Step step) {
    switch (step.event()) {
      case START_PODS -> cluster.startPods();
      case REPORT -> cluster.report(Map.of());
      case RESTART_IN_PLACE -> cluster.report(Map.of("RankFailed", 1 + 2 * step.index()));
      case FAIL_UNHEARD -> cluster.failUnheard(1 + step.index());
      case FAIL_70 -> cluster.failPod(step.index(), 70);
      case FAIL_71 -> cluster.failPod(step.index(), 71);
      case FAIL_75 -> cluster.failPod(step.index(), 75);
      case FAIL_137 -> cluster.failPod(step.index(), 137);
      case FAIL_65 -> cluster.failPod(step.index(), 65);
      case SUCCEED -> cluster.failPod(step.index(), 0);
      case REJECT_POD -> cluster.rejectPod(step.index());
      case DELETE_POD -> cluster.deletePod(step.index());
      case KILL_NODE -> cluster.loseNode(step.index());
      case SUSPEND -> cluster.setSuspend(true);
      case RESUME -> cluster.setSuspend(false);
      case RESIZE -> cluster.setNodes(1 + step.index());
      case OTHERS -> cluster.setOthersWait(step.index() > 0);
      case SETTLE -> cluster.settle();
      case MINUTE -> cluster.pass(Duration.ofMinutes(1));
      case RECONCILE -> reconcile(cluster, step.jobLag(), step.podLag(), Integer.MAX_VALUE);
      case RECONCILE_AND_DIE -> {
        reconcile(cluster, step.jobLag(), step.podLag(), step.survives());
        cluster.replaceOperator();
      }
      case KUEUE -> cluster.kueueActs();
      case PREEMPT -> cluster.preempt();
      case QUOTA -> cluster.setQuota(step.index() > 0);
    }
  }

  /**
   * @param survives API calls after which the operator is gone
   */
  private void reconcile(SimulatedCluster cluster, int jobLag, int podLag, int survives) {
    Snapshot snapshot = cluster.snapshot(jobLag, podLag);
    Optional<ProgressStatus> unheard = LastReport.unheard(snapshot);
    try {
      if (unheard.isPresent()) {
        if (survives > 0) {
          cluster.hear(snapshot.job(), unheard.get());
          reconcile(cluster, 0, podLag, survives - 1);
        }
        return;
      }
      for (Action action : planner.plan(snapshot).actions().stream().limit(survives).toList()) {
        boolean tooEarly = action instanceof Action.CreatePod && isPausing(cluster);
        assertThat(tooEarly && jobLag + podLag == 0).as("makes a Pod in a pause").isFalse();
        cluster.act(action);
      }
    } catch (SimulatedCluster.ConflictException stale) {
      // The rest of the plan is not done, and the next one is made from a newer view.
      assertThat(jobLag + podLag).as("a fresh view conflicts with nothing").isPositive();
    }
  }

  private static void invariants(SimulatedCluster cluster) {
    cluster
        .status()
        // None are told of before the first Pod is to be made.
        .filter(status -> status.restarts() != null)
        .ifPresent(
            status -> {
              Map<String, Integer> byReason = status.restarts().byReason();
              int all =
                  byReason.entrySet().stream()
                      .filter(reason -> !reason.getKey().equals("Resized"))
                      .mapToInt(Map.Entry::getValue)
                      .sum();
              if (status.avoidedNodes() != null) {
                assertThat(status.avoidedNodes())
                    .extracting(AvoidedNode::node)
                    .isNotEmpty()
                    .doesNotHaveDuplicates();
              }
              assertThat(all).as("restarts " + byReason).isLessThanOrEqualTo(cluster.faults);
              int inPlace = byReason.getOrDefault("RankFailed", 0);
              assertThat(status.restarts().total() - inPlace).isLessThanOrEqualTo(MAX_RESTARTS);
              if (status.restarts().total() > MAX_RESTARTS) {
                // What is done has succeeded, also if its last restarts come to be known with it.
                assertThat(status.phase()).isIn(Phase.FAILED, Phase.SUCCEEDED);
              }
            });
  }

  private static void settled(SimulatedCluster cluster) {
    LitTrainingJobStatus status = cluster.status().orElseThrow();
    List<ObservedPod> live = cluster.livePods();
    if (Phases.isOver(status.phase())) {
      assertThat(live).as(status.phase() + " keeps no Pod").isEmpty();
      assertThat(cluster.pods()).noneMatch(ObservedPod::isTerminating);
    } else if (cluster.isSuspended()) {
      assertThat(status.phase()).isEqualTo(Phase.SUSPENDED);
      assertThat(live).isEmpty();
    } else {
      assertThat(status.members()).hasSize(cluster.nodes());
      for (Member member : status.members()) {
        assertThat(cluster.pods())
            .filteredOn(pod -> pod.index() == member.index() && !pod.isFailed())
            .singleElement()
            .satisfies(
                pod -> {
                  assertThat(pod.uid()).isEqualTo(member.podUid());
                  assertThat(pod.attempt()).isEqualTo(member.attempt());
                });
      }
    }
  }
}
