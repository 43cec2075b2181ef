package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.AdapterFiles;
import io.litoperator.worker.interchange.Export;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.interchange.Merge;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.Safetensors;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job that trains adapters: interrupted, resumed, merged, exported. */
@Timeout(240)
class LoraIT {
  private static final double SCALE = 8.0 / 4;

  @TempDir Path folder;
  private TinyJob job;

  @BeforeEach
  void makeJob() {
    job =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainParts", "connector")
            .with("pretrainSteps", 4)
            .with("lora", "lora: {rank: 4, alpha: 8, dropout: 0.1}");
  }

  @Test
  void adaptersAreTrainedResumedAndMerged() throws Exception {
    TinyRun undisturbed = TinyRun.of(job, folder.resolve("undisturbed")).done();
    Path checkpoint = undisturbed.lastCheckpoint();

    resumesBitByBit(undisturbed);
    holdsAdaptersAndConnectorOnly(checkpoint);
    merges(checkpoint);
    exportsForPeft(checkpoint);
  }

  @Test
  void adaptersAreTrainedInBf16AndSharded() {
    job = job.with("precision", "bf16").with("sharding", "parameters");
    job = job.with("finetuneOptimizer", "learningRate: 3e-3");
    Path checkpoint = TinyRun.of(job, folder.resolve("sharded")).done().lastCheckpoint();

    holdsAdaptersAndConnectorOnly(checkpoint);
    merges(checkpoint);
  }

  private void resumesBitByBit(TinyRun undisturbed) throws Exception {
    Path output = folder.resolve("interrupted");
    LocalRun.Options options = new LocalRun.Options(output, List.of(), 1, false);
    try (TinyProcess run =
        TinyProcess.start(job.plan(output), folder.resolve("plan.json"), options)) {
      int code =
          run.await(line -> line.contains("\"stage\":\"finetune\",\"step\":12,"))
              .signal("INT")
              .exitCode();
      assertThat(code).isEqualTo(ExitCode.INTERRUPTED.code());
    }
    TinyRun resumed = TinyRun.resumed(job, output).done();
    Same.checkpoints(resumed.lastCheckpoint(), undisturbed.lastCheckpoint());
    assertThat(resumed.scores()).isEqualTo(undisturbed.scores());
  }

  private static void holdsAdaptersAndConnectorOnly(Path checkpoint) {
    assertThat(Checkpoint.open(checkpoint).model().names())
        .allMatch(name -> name.contains(".lora_") || name.startsWith("multi_modal_projector."))
        .anyMatch(name -> name.endsWith("layers.0.mlp.gate_proj.lora_B.weight"));
    Failure failure =
        catchThrowableOfType(
            Failure.class, () -> ModelSources.open(ModelFolder.planOf(checkpoint)));
    assertThat(failure).hasMessageContaining("lit merge");
  }

  private void merges(Path checkpoint) {
    Torch.start(1);
    Path merged = folder.resolve("merged");
    Merge.run(checkpoint, merged, DType.F32, Path::of, Progress.NONE);

    Path base = AdapterFiles.base(checkpoint).model().languageModel().orElseThrow();
    Failure overBase =
        catchThrowableOfType(
            Failure.class, () -> Merge.run(checkpoint, base, DType.F32, Path::of, Progress.NONE));
    assertThat(overBase).hasMessageContaining("holds the source itself");

    Weights trained = Checkpoint.open(checkpoint).model();
    Weights whole = Weights.open(merged);
    String matrix = "language_model.model.layers.1.self_attn.v_proj";
    float[] a = trained.floats(matrix + ".lora_A.weight");
    float[] b = trained.floats(matrix + ".lora_B.weight");
    float[] start = started().get(matrix + ".weight");
    float[] folded = whole.floats(matrix + ".weight");
    int in = a.length / 4;
    for (int i = 0; i < folded.length; i++) {
      double product = 0;
      for (int k = 0; k < 4; k++) {
        product += b[i / in * 4 + k] * a[k * in + i % in];
      }
      assertThat((double) folded[i]).isCloseTo(start[i] + SCALE * product, within(1e-6));
    }
    assertThat(whole.floats("multi_modal_projector.linear_1.weight"))
        .isEqualTo(trained.floats("multi_modal_projector.linear_1.weight"));
    assertThat(whole.names()).noneMatch(name -> name.contains("lora"));
    try (Answerer answerer = Answerer.open(merged, Precision.FP32, Progress.NONE)) {
      Path picture = folder.resolve("job/pictures/red-top.png");
      assertThat(answerer.answer(picture, "What color is the square?", 4)).isNotNull();
    }
  }

  /** The model as the job found it. */
  private Map<String, float[]> started() {
    Map<String, float[]> values = new TreeMap<>();
    var plan = job.plan(folder.resolve("started"));
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model =
            sources.build(plan.seed(), io.litoperator.worker.torch.DType.FLOAT32)) {
      model
          .parameters()
          .forEachPart(
              Set.copyOf(model.layout().blocks()),
              (part, tensor) -> values.put(part.name(), tensor.toFloats()));
    }
    return values;
  }

  private void exportsForPeft(Path checkpoint) throws IOException {
    Path target = folder.resolve("peft");

    Export.run(checkpoint, target, Progress.NONE);

    assertThat(Folders.names(target))
        .containsExactly("adapter_config.json", "adapter_model.safetensors");
    assertThat(Safetensors.open(target.resolve("adapter_model.safetensors")).names())
        .contains(
            "base_model.model.language_model.model.layers.0.self_attn.q_proj.lora_A.weight",
            "base_model.model.multi_modal_projector.linear_2.bias");
    JsonNode config = new ObjectMapper().readTree(target.resolve("adapter_config.json").toFile());
    assertThat(config.path("r").asInt()).isEqualTo(4);
    assertThat(config.path("target_modules").asText())
        .isEqualTo(
            ".*language_model.*\\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)");
  }
}
