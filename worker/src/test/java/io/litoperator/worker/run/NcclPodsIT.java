package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two Pods' ranks that exchange by NCCL, on machines with a GPU ({@code -Dlit.device=cuda}). They
 * share it: NCCL refuses two ranks of one host on one GPU, but takes these for ranks of two hosts.
 */
@EnabledIfSystemProperty(named = "lit.device", matches = "cuda")
@Timeout(240)
class NcclPodsIT {
  private static final double ROUNDING = 5e-5;
  private static final int STEPS = 12;

  @TempDir static Path shared;

  private static TinyJob job;

  /** What one rank makes of the job. */
  private static TinyRun alone;

  @TempDir Path folder;
  private LaunchedGang gang;

  @BeforeAll
  static void runAlone() {
    job =
        TinyJob.in(shared.resolve("job"))
            .with("device", "cuda")
            .with("pretrainSteps", 4)
            .with("finetuneSteps", STEPS)
            .with("hangTimeout", "20s");
    alone = TinyRun.of(job.with("ranks", 1), shared.resolve("run")).done();
  }

  @AfterEach
  void endPods() {
    gang.close();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "optimizer", "gradients", "parameters"})
  void ranksTrainAsOneDoes(String sharding) throws Exception {
    prepareGang(job.with("sharding", sharding));
    LaunchedPod first = gang.pod(0, 1);
    LaunchedPod second = gang.pod(1, 1);

    assertDone(first, second);
    assertTrainedAsOne();
  }

  @Test
  void lossesInBf16FollowThoseOfFp32() throws Exception {
    prepareGang(job.with("sharding", "gradients").with("precision", "bf16"));
    LaunchedPod first = gang.pod(0, 1);
    LaunchedPod second = gang.pod(1, 1);

    assertDone(first, second);
    List<Event.Step> steps =
        EventLog.read(gang.checkpoints().resolve("events.jsonl")).stream()
            .filter(Event.Step.class::isInstance)
            .map(Event.Step.class::cast)
            .toList();
    assertThat(steps).hasSameSizeAs(alone.losses().keySet());
    for (Event.Step step : steps) {
      double exact = alone.losses().get(step.stage() + " " + step.step());
      assertThat(step.loss()).as("step " + step.step()).isCloseTo(exact, withinPercentage(2));
    }
  }

  @Test
  void aKilledRankIsReplacedAndTheGangGoesOn() throws Exception {
    prepareGang(job.with("sharding", "parameters"));
    LaunchedPod first = gang.pod(0, 1);
    LaunchedPod second = gang.pod(1, 1);

    first.await(saved("finetune-5"));
    second.ranks().alive().forEach(ProcessHandle::destroyForcibly);
    first.await(line -> line.startsWith("Restarted (attempt 2"));

    assertDone(first, second);
    assertTrainedAsOne();
  }

  @Test
  void aPodThatIsGoneIsWaitedForWithoutARankThatIsStuckInNccl() throws Exception {
    prepareGang(job);
    LaunchedPod second = gang.pod(1, 1);
    LaunchedPod first = gang.pod(0, 1).await(saved("finetune-5"));

    second.close();
    first.await(line -> line.contains("1 of 2 nodes are there"));
    LaunchedPod replaced = gang.pod(1, 2);

    assertDone(first, replaced);
    assertTrainedAsOne();
  }

  @Test
  void aRankThatHangsIsFoundAndReplaced() throws Exception {
    prepareGang(job);
    LaunchedPod second = gang.pod(1, 1);
    LaunchedPod first = gang.pod(0, 1).await(saved("finetune-5"));

    second.ranks().alive().forEach(rank -> RankProcesses.signal("STOP", rank.pid()));
    first.await(line -> line.startsWith("Restarted (attempt 2"));

    assertDone(first, second);
    assertTrainedAsOne();
  }

  private void prepareGang(TinyJob of) throws IOException {
    of.plan(folder.resolve("unused"));
    gang =
        LaunchedGang.of(
            folder,
            LaunchedGang.yaml(of),
            of.folder(),
            index -> Map.of("NCCL_HOSTID", "node-" + index, "NCCL_SOCKET_IFNAME", "lo"));
  }

  private void assertTrainedAsOne() {
    String last = "finetune-" + STEPS;
    assertThat(Same.distance(gang.checkpoints().resolve(last), alone.checkpoints().resolve(last)))
        .isLessThan(ROUNDING);
  }

  private static void assertDone(LaunchedPod... pods) throws InterruptedException {
    for (LaunchedPod pod : pods) {
      assertThat(pod.exitCode()).as(() -> String.join("\n", pod.log())).isZero();
    }
  }

  private static Predicate<String> saved(String checkpoint) {
    return line -> line.contains("checkpoint " + checkpoint + " saved");
  }
}
