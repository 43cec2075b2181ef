package io.litoperator.e2e.scenario;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.e2e.cluster.MemoryPressure;
import io.litoperator.e2e.cluster.Node;
import io.litoperator.e2e.scenario.Fault.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 3. Whatever fails, during training and during a save, the job resumes and ends. */
@Scenario
@Order(3)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class FaultsIT {
  private static final String IN_PLACE = "5";
  private static final String NEW_POD = "15";
  private static final Duration TO_START = Duration.ofMinutes(5);
  private static final Duration TO_END = Duration.ofMinutes(15);

  /** Between the faults of one life, of which each costs a checkpoint's interval or two. */
  private static final int STEPS_OF_LOSSES = 150;

  /**
   * For how long steps are taken besides: until the status tells of new ones after each fault, and
   * while a node is dead but not yet given up, some 25 s in which its ranks go on.
   */
  private static final Duration AMONG_LOSSES = Duration.ofMinutes(2);

  /**
   * In place of the operator's 30 s, in which the ranks would take steps and the test would wait;
   * clocks that may differ by 5 s must leave no doubt that the node was lost first.
   */
  private static final List<Toleration> OF_A_DEAD_NODE =
      List.of(
          new TolerationBuilder()
              .withKey("node.kubernetes.io/unreachable")
              .withOperator("Exists")
              .withEffect("NoExecute")
              .withTolerationSeconds(10L)
              .build());

  /** More than are taken before the second fault strikes. */
  private static final int STEPS = 60;

  private final Testbed testbed;

  /** What a step takes here; measured in the first job. */
  private Duration stepTime = Duration.ofMillis(70);

  FaultsIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @ParameterizedTest(name = "the operator {0}")
  @EnumSource
  @Order(1)
  void theOperatorMayDieAndTheApiServerRestart(Moment moment) {
    try (RunningJob job = start("beside-" + moment.ordinal(), STEPS)) {
      Fault operator = new Fault("Operator killed", moment, "");
      operator.strikeBeside(testbed, job, testbed::killOperator);
      Moment other = Moment.values()[1 - moment.ordinal()];
      Fault apiServer = new Fault("API server restarted", other, "");
      apiServer.strikeBeside(testbed, job, testbed.cluster().server()::restart);

      LitTrainingJobStatus end = endOf(job, STEPS);
      assertThat(end.restarts() == null ? 0 : end.restarts().total()).isZero();
      stepTime = job.steps().stepTime();
    }
  }

  /** One life with all losses: a job for each would spend most of its time on starting. */
  @Test
  @Order(2)
  void whateverAGangLosesIsReplaced() {
    int steps = STEPS_OF_LOSSES + (int) AMONG_LOSSES.dividedBy(stepTime);
    try (RunningJob job = start("losses", steps)) {
      for (Moment moment : Moment.values()) {
        killARank(job, moment);
        deletePod(job, 1, new Fault("Pod deleted", moment, NEW_POD));
        deletePod(job, 0, new Fault("Coordinator's Pod deleted", moment, NEW_POD));
        killForMemory(job, RunningJob.RANK, new Fault("Rank OOM-killed", moment, IN_PLACE));
        killForMemory(job, "launch", new Fault("Pod OOM-killed", moment, NEW_POD));
        freezeANode(job, moment);
      }

      LitTrainingJobStatus end = endOf(job, steps);
      assertThat(end.restarts().byReason())
          .isEqualTo(
              Map.of(
                  "RankFailed",
                  2,
                  "PodDeleted",
                  4,
                  "RankOOMKilled",
                  2,
                  "OOMKilled",
                  2,
                  "NodeLost",
                  2));
      assertThat(end.restarts().total()).as("a node's loss is free").isEqualTo(10);
      assertThat(lossesByStep(job).values())
          .as("a step that is taken again has the loss that it had")
          .allSatisfy(losses -> assertThat(losses).hasSize(1));
    }
  }

  private RunningJob start(String name, int steps) {
    RunningJob job =
        testbed.apply(
            JobFile.shortFinetune(Testbed.repository(), name)
                .with("/spec/finetune/maxSteps", steps)
                .with("/spec/recovery/maxRestarts", 20)
                .with("/spec/template/tolerations", OF_A_DEAD_NODE)
                .onTwoNodes());
    try {
      job.steps().await("finetune", 1, TO_START);
      job.await(Phase.FINETUNING, TO_START);
      return job;
    } catch (AssertionError e) {
      job.close();
      throw e;
    }
  }

  private void killARank(RunningJob job, Moment moment) {
    Pod pod = job.pod(1);
    new Fault("Rank killed", moment, IN_PLACE)
        .strike(
            testbed,
            job,
            "RankFailed",
            () -> job.processes(1, RunningJob.RANK).forEach(ProcessHandle::destroyForcibly));
    assertThat(job.status().lastFailure().node()).isEqualTo(pod.getSpec().getNodeName());
    assertThat(uid(job.pod(1))).as("the rank is replaced in its Pod").isEqualTo(uid(pod));
  }

  private void deletePod(RunningJob job, int index, Fault fault) {
    Pod lost = job.pod(index);
    Pod other = job.pod(1 - index);
    fault.strike(testbed, job, "PodDeleted", () -> testbed.client().resource(lost).delete());
    assertThat(uid(job.pod(index))).isNotEqualTo(uid(lost));
    assertThat(uid(job.pod(1 - index))).as("the other Pod stays").isEqualTo(uid(other));
  }

  /**
   * @param victim what the process runs that the kernel takes: a rank, or the agent, with which its
   *     container ends
   */
  private void killForMemory(RunningJob job, String victim, Fault fault) {
    Pod pod = job.pod(1);
    boolean inPlace = victim.equals(RunningJob.RANK);
    fault.strike(
        testbed,
        job,
        inPlace ? "RankOOMKilled" : "OOMKilled",
        () -> MemoryPressure.on(job.node(pod), uid(pod), job.processes(1, victim).get(0)));
    assertThat(uid(job.pod(1)).equals(uid(pod))).as("replaced in its Pod").isEqualTo(inPlace);
  }

  private void freezeANode(RunningJob job, Moment moment) {
    Node node = job.node(job.pod(1));
    testbed.keepOperatorOff(node);
    try {
      new Fault("Kubelet stopped", moment, "").strike(testbed, job, "NodeLost", node::freeze);
    } finally {
      node.thaw();
    }
  }

  private static LitTrainingJobStatus endOf(RunningJob job, int steps) {
    LitTrainingJobStatus end = job.await(Phase.SUCCEEDED, TO_END);
    assertThat(end.latestCheckpoint()).isEqualTo("finetune-" + steps);
    assertThat(end.progress().percent()).isEqualTo(100);
    return end;
  }

  private static Map<Long, Set<Double>> lossesByStep(RunningJob job) {
    return job.steps().journal().entries().stream()
        .map(Journal.Entry::what)
        .filter(seen -> seen.is("step"))
        .collect(
            groupingBy(
                Steps.Seen::step, mapping(seen -> seen.event().path("loss").asDouble(), toSet())));
  }

  private static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }
}
