package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.JavaProcess;
import io.litoperator.worker.cli.Lit;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.TinyModel;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.run.EvaluationScores.Score;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations of a tiny model by real rank processes. */
@Timeout(180)
class EvaluateRunIT {
  private static final int QUESTIONS = 400;

  /** More than are answered before a stop is heeded. */
  private static final int MANY_QUESTIONS = 20_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path model;
  private Path data;

  @BeforeEach
  void write() throws IOException {
    model = TinyModel.write("llava-1.5", folder.resolve("model"));
    data = Files.createDirectories(folder.resolve("data"));
    BufferedImage picture = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", data.resolve("a.png").toFile());
    writeQuestions(QUESTIONS);
    Files.writeString(
        data.resolve("gqa.jsonl"),
        "{\"image\": \"a.png\", \"question\": \"Me?\", \"answer\": \"A\"}");
  }

  private void writeQuestions(int count) throws IOException {
    Files.write(
        data.resolve("pope.jsonl"),
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    "{\"image\": \"a.png\", \"question\": \"Who %s %d?\", \"answer\": \"yes\"}"
                        .formatted("A ".repeat(i % 7), i))
            .toList());
  }

  @Test
  void anEvaluationThatIsKilledGoesOnWhereItWas() throws Exception {
    Process killed = start();
    try (BufferedReader events = killed.inputReader()) {
      assertThat(events.lines().anyMatch(line -> line.contains("evaluationProgress"))).isTrue();
      killed.descendants().forEach(ProcessHandle::destroyForcibly);
      killed.destroyForcibly().waitFor();
    }
    long before = lines(answers()).size();
    assertThat(before).isBetween(1L, (long) QUESTIONS - 1);

    List<Event> events = new ArrayList<>();
    ExitCode code = new EvaluateRun(options(List.of("pope", "gqa"), 2, true), events::add).run();

    assertThat(code).isEqualTo(ExitCode.DONE);
    // Every question is answered once, over both starts and all ranks.
    assertThat(lines(answers()).stream().map(line -> line.path("id").asInt()))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, QUESTIONS).boxed().toList());
    assertThat(Files.readAllLines(output().resolve("predictions/pope.jsonl"))).hasSize(QUESTIONS);
    JsonNode scores = JSON.readTree(output().resolve("scores.json").toFile()).path("scores");
    assertThat(scores.findValuesAsText("task")).contains("pope", "gqa");
    assertThat(scores.findValuesAsText("scorer")).contains("pope-lmms-eval-75571cf");
    assertThat(Files.readString(output().resolve("scores.md"))).contains("| gqa | accuracy |");
    assertThat(events).anyMatch(event -> event instanceof Event.Scored);
  }

  @Test
  void ctrlCStopsAmidATaskAndKeepsItsAnswers() throws Exception {
    writeQuestions(MANY_QUESTIONS);
    Process stopped = start();
    try (BufferedReader events = stopped.inputReader()) {
      assertThat(events.lines().anyMatch(line -> line.contains("evaluationProgress"))).isTrue();
      assertThat(new ProcessBuilder("kill", "-INT", stopped.pid() + "").start().waitFor()).isZero();
      assertThat(events.lines().toList().toString()).contains("--resume goes on");
    }

    assertThat(stopped.waitFor()).isEqualTo(ExitCode.INTERRUPTED.code());
    assertThat(lines(answers()).size()).isBetween(1, MANY_QUESTIONS - 1);
    assertThat(output().resolve("scores.json")).doesNotExist();
  }

  @Test
  void heldOutConversationsHaveALossOrTellWhatIsMissing() throws IOException {
    Path conversations = data.resolve("heldOutLoss.json");
    Files.writeString(conversations, "[" + TinyModel.sample("a", "a.png").strip() + "]");
    List<Event> events = new ArrayList<>();
    // Nothing is there yet, as when a Pod starts that others may follow.
    assertThat(new EvaluateRun(options(List.of("heldOutLoss"), 2, true), events::add).run())
        .isEqualTo(ExitCode.DONE);
    assertThat(events)
        .filteredOn(Event.Scored.class::isInstance)
        .extracting(event -> ((Event.Scored) event).metric())
        .containsExactly("answer", "loss");

    Files.writeString(conversations, "[" + TinyModel.sample("a", "none.png").strip() + "]");
    assertThatThrownBy(
            () -> new EvaluateRun(options(List.of("heldOutLoss"), 2, true), e -> {}).run())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageContaining("none.png");
  }

  @Test
  void aTaskThatIsAddedLeavesScoresAndAQuestionThatIsEditedIsAskedAgain() throws IOException {
    writeQuestions(3);
    new EvaluateRun(options(List.of("pope"), 1, false), e -> {}).run();
    new EvaluateRun(options(List.of("gqa"), 1, true), e -> {}).run();

    assertThat(scoredTasks()).containsExactly("pope", "gqa");

    Path questions = data.resolve("pope.jsonl");
    Files.writeString(questions, Files.readString(questions).replace("Who  0?", "Me?"));
    List<Event> events = new ArrayList<>();
    new EvaluateRun(options(List.of("pope"), 1, true), events::add).run();

    assertThat(lines(answers()))
        .extracting(line -> line.path("id").asInt())
        .containsExactlyInAnyOrder(1, 2, 3, 1);
    assertThat(events)
        .contains(
            new Event.Notice(
                "Kept answers of pope that are to other questions, pictures or lengths than are asked now are not taken: 1."));
    assertThat(scoredTasks()).containsExactly("gqa", "pope");
  }

  private Set<String> scoredTasks() {
    return EvaluationScores.read(output()).orElseThrow().scores().stream()
        .map(Score::task)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Test
  void refusesToMixModels() throws IOException {
    assertThat(new EvaluateRun(options(List.of("gqa"), 1, false), event -> {}).run())
        .isEqualTo(ExitCode.DONE);
    model = TinyModel.write("llava-1.5", folder.resolve("other"));

    assertThatThrownBy(() -> new EvaluateRun(options(List.of("gqa"), 1, true), e -> {}).run())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("holds an evaluation of another model");
  }

  @Test
  void evaluatesInBf16AndRefusesToMixPrecisions() throws IOException {
    Files.writeString(
        data.resolve("heldOutLoss.json"), "[" + TinyModel.sample("a", "a.png").strip() + "]");
    List<Event> events = new ArrayList<>();
    List<String> tasks = List.of("heldOutLoss");
    new EvaluateRun(options(tasks, 1, Precision.FP32, false), events::add).run();
    assertThatThrownBy(
            () -> new EvaluateRun(options(tasks, 1, Precision.BF16, true), e -> {}).run())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("in another precision");
    OutputFolder.remove(output());
    new EvaluateRun(options(tasks, 1, Precision.BF16, false), events::add).run();

    List<Double> losses =
        events.stream()
            .filter(event -> event instanceof Event.Scored s && s.metric().equals("answer"))
            .map(event -> ((Event.Scored) event).score())
            .toList();
    assertThat(losses).hasSize(2);
    assertThat(losses.get(1))
        .isNotEqualTo(losses.get(0))
        .isCloseTo(losses.get(0), withinPercentage(1));
  }

  @Test
  void answersOfAModelThatWasWrittenAnewSinceAreNotTaken() throws IOException {
    assertThat(new EvaluateRun(options(List.of("gqa"), 1, false), event -> {}).run())
        .isEqualTo(ExitCode.DONE);
    assertThat(new EvaluateRun(options(List.of("gqa"), 1, true), event -> {}).run())
        .isEqualTo(ExitCode.DONE);
    Path weights = model.resolve("model.safetensors");
    FileTime written = Files.getLastModifiedTime(weights);
    Files.setLastModifiedTime(weights, FileTime.fromMillis(written.toMillis() + 1_000));

    assertThatThrownBy(() -> new EvaluateRun(options(List.of("gqa"), 1, true), e -> {}).run())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("written anew since");
  }

  @Test
  void saysThatAJudgeIsMissing() throws IOException {
    Files.writeString(
        data.resolve("mmhal.jsonl"),
        "{\"image\": \"a.png\", \"question\": \"Q\", \"answer\": \"A\", \"kind\": \"other\"}");

    assertThatThrownBy(() -> new EvaluateRun(options(List.of("mmhal"), 1, false), e -> {}).run())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("Task mmhal needs a judge and none is configured");
  }

  private Path output() {
    return folder.resolve("output");
  }

  private EvaluateRun.Options options(List<String> tasks, int ranks, boolean resume) {
    return options(tasks, ranks, Precision.FP32, resume);
  }

  private EvaluateRun.Options options(
      List<String> tasks, int ranks, Precision precision, boolean resume) {
    return new EvaluateRun.Options(
        model,
        tasks,
        data,
        output(),
        ranks,
        Device.CPU,
        precision,
        OptionalInt.of(4),
        resume,
        Optional.empty());
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            JavaProcess.command(
                Lit.class,
                "evaluate",
                model.toString(),
                "--tasks=pope",
                "--data=" + data,
                "--output=" + output(),
                "--max-new-tokens=4",
                "--json"))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private List<Path> answers() throws IOException {
    try (Stream<Path> files = Files.list(output().resolve("predictions/answers"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("pope")).toList();
    }
  }

  /** Whole lines of kept answers. */
  private static List<JsonNode> lines(List<Path> files) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (Path file : files) {
      String text = Files.readString(file);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
        if (!line.isBlank()) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    return lines;
  }
}
