package io.litoperator.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import io.litoperator.worker.plan.job.JobFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {
  @TempDir Path folder;

  @BeforeEach
  void makeInputs() throws IOException {
    for (String name : List.of("language-model", "vision-tower", "pictures")) {
      Files.createDirectory(folder.resolve(name));
    }
    for (String name : List.of("pretrain.json", "finetune.json", "answers.jsonl", "pope.jsonl")) {
      Files.createFile(folder.resolve(name));
    }
  }

  @Test
  void plansBothStagesInOrder() throws IOException {
    RunPlan plan = plan(job(), Overrides.none());

    assertThat(plan.name()).isEqualTo("example");
    assertThat(plan.seed()).isEqualTo(42);
    assertThat(plan.topology())
        .isEqualTo(
            new TopologyPlan(
                1,
                2,
                TopologyPlan.Device.CPU,
                TopologyPlan.Precision.FP32,
                TopologyPlan.Sharding.NONE));
    assertThat(plan.recovery()).isEqualTo(new RecoveryPlan(10, Duration.ofMinutes(20)));
    assertThat(plan.stages())
        .extracting(StagePlan::stage)
        .containsExactly(Stage.PRETRAIN, Stage.FINETUNE);
    StagePlan pretrain = plan.stages().get(0);
    assertThat(pretrain.maxSteps()).isEqualTo(OptionalInt.of(350));
    assertThat(pretrain.trainable())
        .containsExactly(ModelPart.VISION_TOWER, ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);
    assertThat(pretrain.optimizer())
        .isEqualTo(new Optimizer(2e-3, 0.05, Decay.COSINE, 0, 0.9, 0.98, 1e-8, Optional.of(1.0)));
  }

  @Test
  void fineTunesByTheReferencesRecipeUnlessTold() throws IOException {
    StagePlan finetune = plan(job(), Overrides.none()).stages().get(1);

    assertThat(finetune)
        .isEqualTo(
            new StagePlan(
                Stage.FINETUNE,
                new LabelPlan(
                    Objective.LIT,
                    List.of("the option's letter of paper-llava-next"),
                    TextOnly.INSTRUCTIONS,
                    Normalization.GLOBAL_TOKENS),
                List.of(
                    new DatasetPlan(
                        folder.resolve("finetune.json"), folder.resolve("pictures"), 1)),
                Set.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL),
                Map.of(ModelPart.CONNECTOR, 1e-4),
                1,
                OptionalInt.empty(),
                36,
                9,
                new Optimizer(2e-5, 0.03, Decay.COSINE, 0, 0.9, 0.999, 1e-8, Optional.empty()),
                StagePlan.Checkpointing.NONE,
                Optional.empty()));
  }

  @Test
  void aSeedIsTheAdaptersToo() throws IOException {
    String job = job().replace("  finetune:\n", "  finetune:\n    lora: {rank: 8}\n");
    Overrides seven = new Overrides(Optional.empty(), OptionalLong.of(7), Optional.empty());
    RunPlan seeded = plan(job, seven);
    assertThat(seeded.lora().orElseThrow().seed()).isEqualTo(7);
    assertThat(plan(job, Overrides.none()).withSeed(7)).isEqualTo(seeded);
  }

  @Test
  void annotationsMayBeManyFilesWithPicturesInThem() throws IOException {
    Files.createDirectory(folder.resolve("shards"));
    Files.writeString(folder.resolve("shards/train-0.parquet"), "");
    String job =
        job()
            .replace(
                "{annotations: finetune.json, images: pictures}",
                "{annotations: shards/train-*.parquet, weight: 0.5}, {annotations: shards}");
    assertThat(plan(job, Overrides.none()).stages().get(1).datasets())
        .containsExactly(
            new DatasetPlan(
                folder.resolve("shards/train-*.parquet"), folder.resolve("shards"), 0.5),
            new DatasetPlan(folder.resolve("shards"), folder.resolve("shards"), 1));
  }

  @Test
  void resolvesModelAndTasksAgainstTheJobsFolder() throws IOException {
    RunPlan plan = plan(job(), Overrides.none());

    assertThat(plan.model())
        .isEqualTo(
            new ModelPlan(
                Optional.of(folder.resolve("language-model")),
                Optional.of(folder.resolve("vision-tower")),
                Optional.empty(),
                ModelPlan.ConversationTemplate.VICUNA_V1,
                Optional.of("A chat about an image."),
                ModelPlan.ImageAspect.SQUARE,
                List.of(),
                -1,
                ModelPlan.FeatureSelect.DEFAULT,
                256));
    assertThat(plan.evaluation().tasks())
        .containsExactly(
            new EvaluationPlan.Task("answers", folder.resolve("answers.jsonl"), folder, 64),
            new EvaluationPlan.Task(
                "pope", folder.resolve("pope.jsonl"), folder.resolve("pictures"), 4));
  }

  @Test
  void takesWhatAJobSaysInPlaceOfDefaults() throws IOException {
    String job =
        job()
            .replace("conversation: vicuna_v1", "conversation: chatml")
            .replace(
                "maxLength: 256", "maxLength: 256\n    maxRows: 300\n    connectorInit: uniform")
            .replace("learningRate: 2e-3", "learningRate: 2e-3\n      schedule: linear")
            .replace("  evaluate:\n", "    optimizer: {schedule: constant}\n  evaluate:\n");

    RunPlan plan = plan(job, Overrides.none());

    assertThat(plan.model().conversation()).isEqualTo(ModelPlan.ConversationTemplate.CHATML);
    assertThat(plan.model().maxLength()).isEqualTo(256);
    assertThat(plan.model().maxRows()).contains(300);
    assertThat(plan.model().connectorInit()).isEqualTo(ModelPlan.ConnectorInit.UNIFORM);
    assertThat(plan.stages())
        .extracting(stage -> stage.optimizer().schedule())
        .containsExactly(Decay.LINEAR, Decay.CONSTANT);
  }

  /** Its weights are there, so nothing says how they start. */
  @Test
  void aWholeModelIsCutByRowsToo() throws IOException {
    String job =
        job()
            .replaceAll("    (languageModel|visionTower):.*\n", "")
            .replace("conversation: vicuna_v1", "from: language-model\n    conversation: llama_3")
            .replace("maxLength: 256", "maxRows: 300");

    ModelPlan model = plan(job, Overrides.none()).model();

    assertThat(model.from()).contains(folder.resolve("language-model"));
    assertThat(model.conversation()).isEqualTo(ModelPlan.ConversationTemplate.LLAMA_3);
    assertThat(model.maxRows()).contains(300);
  }

  @Test
  void overridesObjectiveSeedAndOutput() throws IOException {
    var overrides =
        new Overrides(
            Optional.of(Objective.NO_ROLE_TOKENS),
            OptionalLong.of(7),
            Optional.of(folder.resolve("out")));

    RunPlan plan = plan(job(), overrides);

    assertThat(plan.seed()).isEqualTo(7);
    assertThat(plan.stages().get(1).labels().objective()).isEqualTo(Objective.NO_ROLE_TOKENS);
    assertThat(plan.checkpoints().destination()).isEqualTo(folder.resolve("out/checkpoints"));
  }

  @Test
  void refusesAnObjectiveForAJobWithoutFineTune() throws IOException {
    String text = job().replaceAll("(?s)  finetune:.*?  evaluate:", "  evaluate:");
    var overrides =
        new Overrides(Optional.of(Objective.VIT), OptionalLong.empty(), Optional.empty());

    Failure failure = catchThrowableOfType(Failure.class, () -> plan(text, overrides));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("the job has none; add spec.finetune");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "100steps, 100,",
    "30s, , PT30S",
    "20m, , PT20M",
    "2h, , PT2H",
  })
  void readsCheckpointIntervals(String every, Integer steps, Duration time) throws IOException {
    CheckpointPlan plan = plan(job().replace("100steps", every), Overrides.none()).checkpoints();

    assertThat(plan.everySteps())
        .isEqualTo(steps == null ? OptionalInt.empty() : OptionalInt.of(steps));
    assertThat(plan.everyTime()).isEqualTo(Optional.ofNullable(time));
  }

  @Test
  void writesCheckpointsToTheOutputFolderUnlessTold() throws IOException {
    assertThat(plan(job(), Overrides.none()).checkpoints().destination())
        .isEqualTo(Path.of("lit-output/example/checkpoints").toAbsolutePath());
    assertThat(plan(job().replace("keep: 2", "destination: saved"), Overrides.none()).checkpoints())
        .isEqualTo(
            new CheckpointPlan(
                OptionalInt.of(100), Optional.empty(), 3, folder.resolve("saved"), true));
  }

  @Test
  void namesAllMissingInputs() throws IOException {
    Files.delete(folder.resolve("finetune.json"));
    Files.delete(folder.resolve("vision-tower"));
    Files.delete(folder.resolve("answers.jsonl"));
    Files.createDirectory(folder.resolve("answers.jsonl"));
    String text = job();

    Failure failure = catchThrowableOfType(Failure.class, () -> plan(text, Overrides.none()));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING);
    assertThat(failure.getMessage().lines())
        .containsExactlyInAnyOrder(
            "spec.finetune.dataset[0].annotations: there is no file "
                + folder.resolve("finetune.json")
                + ".",
            "spec.model.visionTower.source: there is no folder "
                + folder.resolve("vision-tower")
                + ".",
            "spec.evaluate.tasks[0].data: "
                + folder.resolve("answers.jsonl")
                + " is not a file; name one.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://[", "https://a{b", "http:///v1"})
  void aJudgeHasAnAddress(String url) throws IOException {
    String text =
        job().replaceFirst("  evaluate:\n", "$0    judge: {url: '" + url + "', model: m}\n");
    assertThatThrownBy(() -> plan(text, Overrides.none()))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("spec.evaluate.judge.url: '" + url + "' is no address");
  }

  @Test
  void onlyGpusHaveTf32() throws IOException {
    String text = job().replace("precision: fp32", "precision: tf32");

    for (String job : List.of(text, text.replaceFirst("device: cpu", ""))) {
      assertThatThrownBy(() -> plan(job, Overrides.none()))
          .isInstanceOf(Failure.class)
          .hasMessageEndingWith(
              "spec.precision: tf32 is of GPUs; write fp32, or topology.device: cuda.");
    }
    RunPlan onGpus = plan(text.replace("device: cpu", "device: cuda"), Overrides.none());
    assertThat(onGpus.topology().precision()).isEqualTo(TopologyPlan.Precision.TF32);
  }

  @Test
  void anUnclosedBracketIsNoPattern() throws IOException {
    String text = job().replace("annotations: finetune.json", "annotations: 'train-[0.json'");
    assertThatThrownBy(() -> plan(text, Overrides.none()))
        .isInstanceOf(Failure.class)
        .hasMessage(
            "spec.finetune.dataset[0].annotations: there is no file "
                + folder.resolve("train-[0.json")
                + ".");
  }

  @Test
  void namesAFolderThatCannotBeRead() throws IOException {
    Path pictures = folder.resolve("pictures");
    assertThat(pictures.toFile().setReadable(false)).isTrue();
    assumeFalse(Files.isReadable(pictures), "this user reads everything");
    String text = job();

    Failure failure = catchThrowableOfType(Failure.class, () -> plan(text, Overrides.none()));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING);
    assertThat(failure).hasMessageContaining("the folder " + pictures + " cannot be read");
  }

  private RunPlan plan(String text, Overrides overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), text);
    var planner = new Planner(name -> List.of("the option’s letter of " + name));
    return planner.plan(JobFile.read(file, Venue.MACHINE), folder, overrides);
  }

  private static String job() throws IOException {
    try (InputStream job = JobFile.class.getResourceAsStream("job.yaml")) {
      return new String(job.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
