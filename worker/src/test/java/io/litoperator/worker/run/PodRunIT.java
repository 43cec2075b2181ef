package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import io.litoperator.worker.report.RunHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two Pods' agents with a rank each, as processes that are killed, frozen and replaced. */
@Timeout(400)
class PodRunIT {
  private static final String LAST = "finetune-" + TinyJob.FINETUNE_STEPS;

  @TempDir static Path shared;

  /** What one machine with two ranks makes of the job. */
  private static TinyRun onOneMachine;

  private static TinyJob job;
  private static String yaml;

  @TempDir Path folder;
  private LaunchedGang gang;

  @AfterEach
  void endPods() {
    gang.close();
  }

  @BeforeAll
  static void runOnOneMachine() throws IOException {
    job = TinyJob.in(shared.resolve("job"));
    onOneMachine = TinyRun.of(job, shared.resolve("run")).done();
    yaml = LaunchedGang.yaml(job);
  }

  @BeforeEach
  void prepareGang() throws IOException {
    prepareGang(yaml);
  }

  private void prepareGang(String changed) throws IOException {
    gang = LaunchedGang.of(folder, changed, job.folder(), index -> Map.of());
  }

  @Test
  void whateverIsLostIsReplacedAndChangesNothing() throws Exception {
    Random random = new Random(1);
    LaunchedPod second = gang.pod(1, 1);
    LaunchedPod first = gang.pod(0, 1).await(saved("pretrain-5"));

    second.ranks().any(random).destroyForcibly();
    first.await(restarted(2));
    assertThat(report(first).at("/restarts/RankFailed").asInt()).isEqualTo(1);
    first.await(saved("pretrain-15"));

    second.close();
    second = gang.pod(1, 3);
    first.await(restarted(3)).await(saved("finetune-5"));
    awaitKept("finetune", 5);

    RankProcesses.await(this::unfinished, "no save");
    first.close();
    second.await(line -> line.contains("The coordinator is gone"));
    first = gang.pod(0, 4).await(saved("finetune-\\d+"));

    second.signal("STOP");
    first.await(line -> line.contains("1 of 2 nodes are there"));
    second.close();
    second = gang.pod(1, 5);

    assertThat(first.exitCode()).isZero();
    assertThat(second.exitCode()).isZero();
    JsonNode report = report(first);
    assertThat(report.get("activity").asText()).isEqualTo("done");
    assertThat(report.at("/progress/percent").asInt()).isEqualTo(100);
    assertThat(report.at("/checkpoints/0/uri").asText()).isEqualTo("pvc://ckpt/runs/tiny/" + LAST);
    Same.checkpoints(gang.checkpoints().resolve(LAST), onOneMachine.lastCheckpoint());
    assertOneCurve();
    assertThat(gang.checkpoints().resolve("failures/attempt-1/rank-0.log")).isNotEmptyFile();
    assertThat(gang.checkpoints().resolve("failures/attempt-1/rank-1.log")).isNotEmptyFile();
  }

  /** Of all Pods that were the first node's, and of TensorBoard's files. */
  private void assertOneCurve() throws IOException {
    RunHistory history = RunHistory.of(EventLog.read(gang.checkpoints().resolve("events.jsonl")));
    assertThat(history.runs())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.stages().get(0).steps()).hasSize(TinyJob.PRETRAIN_STEPS);
              // A Pod that is killed right after a save takes the steps before it along.
              assertThat(run.stages().get(1).steps())
                  .hasSizeBetween(TinyJob.FINETUNE_STEPS - 5, TinyJob.FINETUNE_STEPS);
              assertThat(run.wallSeconds()).isPresent();
            });
    assertThat(gang.checkpoints().resolve("report.html")).isNotEmptyFile();
    try (Stream<Path> files = Files.walk(gang.checkpoints().resolve("tensorboard"))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getParent().getFileName()))
          .contains(Path.of("pretrain"), Path.of("finetune"));
    }
  }

  @Test
  void aStopSavesAndTheNextPodsGoOnFromThere() throws Exception {
    LaunchedPod second = gang.pod(1, 1);
    LaunchedPod first = gang.pod(0, 1).await(saved("pretrain-5"));

    second.signal("TERM");
    assertThat(second.exitCode()).isEqualTo(75);
    first.await(line -> line.contains("1 of 2 nodes are there"));
    first.signal("TERM");
    assertThat(first.exitCode()).isEqualTo(75);
    assertThat(report(first).get("activity").asText()).isEqualTo("stopped");
    assertThat(EventLog.read(gang.checkpoints().resolve("events.jsonl")))
        .anyMatch(Event.CheckpointSaved.class::isInstance);
    assertThat(gang.checkpoints().resolve("report.html")).isNotEmptyFile();
    assertThat(first.log()).anyMatch(line -> line.startsWith("[rank0]: "));
    assertThat(second.log()).anyMatch(line -> line.startsWith("[rank1]: "));

    second = gang.pod(1, 2);
    first = gang.pod(0, 3).await(line -> line.contains("goes on after step"));
    first.signal("TERM");
    first.signal("TERM");
    assertThat(first.exitCode()).isIn(75, 143);
    second.signal("TERM");
    assertThat(second.exitCode()).isIn(75, 143);
  }

  @Test
  void aJobThatCannotRunIsRefusedWithItsCause() throws Exception {
    prepareGang(yaml.replace("device: cpu", "device: tpu"));

    LaunchedPod first = gang.pod(0, 1);

    assertThat(first.exitCode()).isEqualTo(64);
    JsonNode failure = new JsonMapper().readTree(first.terminationMessage()).get("lastFailure");
    assertThat(failure.get("message").asText()).contains("spec.topology.device");
    assertThat(failure.get("exitCode").asInt()).isEqualTo(64);
  }

  @Test
  void whatARankFailsByIsToldWithWhereItsLogIsKept() throws Exception {
    prepareGang(yaml.replace("learningRate: 2e-3", "learningRate: 1e30"));
    gang.pod(1, 1);
    LaunchedPod first = gang.pod(0, 1);

    assertThat(first.exitCode()).isEqualTo(65);
    JsonNode failure = new JsonMapper().readTree(first.terminationMessage()).get("lastFailure");
    assertThat(failure.get("message").asText()).contains("is not finite");
    assertThat(failure.get("evidence").asText())
        .endsWith("are kept in pvc://ckpt/runs/tiny/failures/attempt-1.");
    assertThat(report(first).get("attempt").asInt()).isEqualTo(1);
    assertThat(gang.checkpoints().resolve("failures/attempt-1/rank-0.log")).isNotEmptyFile();
  }

  private static JsonNode report(LaunchedPod pod) throws IOException {
    return new JsonMapper().readTree(pod.terminationMessage()).get("report");
  }

  /** Events are kept beside the checkpoints while training goes on, so some time after a save. */
  private void awaitKept(String stage, long step) {
    Path events = gang.checkpoints().resolve("events.jsonl");
    RankProcesses.await(
        () ->
            EventLog.read(events).stream()
                .filter(Event.Step.class::isInstance)
                .map(Event.Step.class::cast)
                .filter(event -> event.stage().equals(stage) && event.step() == step)
                .toList(),
        "no such step in " + events);
  }

  private List<Path> unfinished() {
    try (Stream<Path> entries = Files.list(gang.checkpoints())) {
      return entries.filter(entry -> entry.toString().endsWith(".partial")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param checkpoint pattern of its name
   */
  private static Predicate<String> saved(String checkpoint) {
    return Pattern.compile("checkpoint " + checkpoint + " saved").asPredicate();
  }

  private static Predicate<String> restarted(int attempt) {
    return line -> line.startsWith("Restarted (attempt " + attempt);
  }
}
