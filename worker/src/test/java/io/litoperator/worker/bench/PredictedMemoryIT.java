package io.litoperator.worker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.agent.Trial;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.sizing.Memory;
import io.litoperator.worker.sizing.MemoryModel;
import io.litoperator.worker.sizing.Setting;
import io.litoperator.worker.sizing.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the planner says a rank holds is what ranks, started as in training, are seen to hold. */
@Timeout(900)
class PredictedMemoryIT {
  private static final double PERCENT = 10;
  private static final int TEXT = 192;

  @TempDir Path folder;

  @ParameterizedTest(name = "{0} ranks, sharding {1}, checkpointing {2}, micro-batch {3}")
  @CsvSource({
    "1, NONE, NONE, 4",
    "1, NONE, FULL, 8",
    "2, GRADIENTS, NONE, 2",
    "2, PARAMETERS, SELECTIVE, 2"
  })
  void thePeakOfResidentMemoryIsAsPredicted(
      int ranks, Sharding sharding, Checkpointing checkpointing, int microBatch)
      throws IOException {
    writeConfig();
    BatchShape shape = new BatchShape(microBatch, TEXT, false, 0.25);
    // The first step makes the moments, the second meets them.
    BenchOptions options =
        new BenchOptions(
            folder.toString(), shape, 1, 1, 1, checkpointing, sharding, Device.CPU, Precision.FP32);

    long measured = Bench.run(options, ranks).peakRssMiB() / ranks;

    Setting setting = new Setting(sharding, checkpointing, ranks, microBatch);
    long predicted =
        new MemoryModel(work(shape, ranks, OptionalInt.empty())).of(setting).training() >> 20;
    assertThat(predicted).isCloseTo(measured, withinPercentage(PERCENT));
  }

  /** After steps on one sample, 64 questions of 128 rows: their keys and values are the most. */
  @Test
  void thePeakWhileQuestionsAreAnsweredIsAsPredicted() throws IOException {
    writeConfig();
    BatchShape shape = new BatchShape(1, 64, false, 0.25);
    BenchOptions options =
        new BenchOptions(
            folder.toString(),
            shape,
            1,
            1,
            1,
            Checkpointing.NONE,
            Sharding.NONE,
            Device.CPU,
            Precision.FP32);

    long measured =
        Trial.run(
                1,
                Bench.PATIENCE,
                AnsweringRank.class,
                Long.class,
                new ObjectMapper().writeValueAsString(options),
                "4")
            >> 20;

    Memory memory =
        new MemoryModel(work(shape, 1, OptionalInt.of(4)))
            .of(new Setting(Sharding.NONE, Checkpointing.NONE, 1, 1));
    assertThat(memory.evaluating()).isGreaterThan(memory.training() * 5 / 4);
    assertThat(memory.evaluating() >> 20).isCloseTo(measured, withinPercentage(PERCENT));
  }

  private Workload work(BatchShape shape, int ranks, OptionalInt newTokens) {
    ModelConfig model = ModelDescription.ofModel(folder).config();
    return new Workload(
        model,
        EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL),
        Optional.empty(),
        Precision.FP32,
        Device.CPU,
        false,
        shape.sequences() * ranks,
        shape.lengths().get(0),
        shape.supervised(shape.lengths().get(0)),
        1,
        false,
        newTokens);
  }

  /** Large enough that weights and activations outweigh the program. */
  private void writeConfig() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 12000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": 256,
           "intermediate_size": 1024, "num_hidden_layers": 4, "num_attention_heads": 4,
           "image_size": 112, "patch_size": 14},
         "text_config": {"model_type": "llama", "vocab_size": 12032, "hidden_size": 768,
           "intermediate_size": 2048, "num_hidden_layers": 8, "num_attention_heads": 12}}
        """);
  }
}
