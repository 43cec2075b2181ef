package io.litoperator.worker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.distributed.agent.Trial;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.LoraPlan;
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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the planner says a rank holds is what ranks, started as in training, are seen to hold. */
@Timeout(900)
class PredictedMemoryIT {
  private static final String ROWS = "lit.memory.rows";
  private static final String TAKES_LONG = "minutes: -Dlit.memory.rows=all";
  private static final double PERCENT = 10;
  private static final int TEXT = 192;
  private static final String LLAMA = "\"model_type\": \"llama\",";

  @TempDir Path folder;

  @ParameterizedTest(name = "{0} ranks, sharding {1}, checkpointing {2}, micro-batch {3}")
  @CsvSource("2, PARAMETERS, SELECTIVE, 2")
  void thePeakOfResidentMemoryIsAsPredicted(
      int ranks, Sharding sharding, Checkpointing checkpointing, int microBatch)
      throws IOException {
    measure(ranks, sharding, checkpointing, microBatch);
  }

  @EnabledIfSystemProperty(named = ROWS, matches = "all", disabledReason = TAKES_LONG)
  @ParameterizedTest(name = "{0} ranks, sharding {1}, checkpointing {2}, micro-batch {3}")
  @CsvSource({"1, NONE, NONE, 4", "1, NONE, FULL, 8", "2, GRADIENTS, NONE, 2"})
  void soItIsInOtherSettings(
      int ranks, Sharding sharding, Checkpointing checkpointing, int microBatch)
      throws IOException {
    measure(ranks, sharding, checkpointing, microBatch);
  }

  private void measure(int ranks, Sharding sharding, Checkpointing checkpointing, int microBatch)
      throws IOException {
    writeConfig();
    BatchShape shape = new BatchShape(microBatch, TEXT, false, 0.25);
    // The first step makes the moments, the second meets them.
    BenchOptions options =
        new BenchOptions(
            folder.toString(),
            shape,
            1,
            1,
            2 / ranks,
            checkpointing,
            sharding,
            Device.CPU,
            Precision.FP32);

    long measured = Bench.run(options, ranks).peakRssMiB() / ranks;

    Setting setting = new Setting(sharding, checkpointing, ranks, microBatch);
    long predicted =
        new MemoryModel(work(shape, ranks, OptionalInt.empty())).of(setting).training() >> 20;
    assertThat(predicted).isCloseTo(measured, withinPercentage(PERCENT));
  }

  /** What a stage trains, and of what, beside a Llama with a frozen tower. */
  private enum Kind {
    ADAPTERS(LLAMA, EnumSet.of(ModelPart.CONNECTOR, ModelPart.ADAPTERS)),
    TOWER(LLAMA, EnumSet.complementOf(EnumSet.of(ModelPart.ADAPTERS))),
    TILES(LLAMA, EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL)),
    TIED(
        """
        "model_type": "qwen2", "tie_word_embeddings": true, "num_key_value_heads": 4,
        """,
        EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL)),
    PHI(
        """
        "model_type": "phi",
        """,
        EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL));

    private final String decoder;
    private final Set<ModelPart> trainable;

    Kind(String decoder, Set<ModelPart> trainable) {
      this.decoder = decoder;
      this.trainable = trainable;
    }
  }

  /** A tower of some weight, so that whatever is kept of it shows. */
  @ParameterizedTest(name = "{0}, checkpointing {1}, micro-batch {2}")
  @CsvSource({"ADAPTERS, FULL, 4", "TILES, NONE, 1"})
  void thePeakOfAKindOfStageIsAsPredicted(Kind kind, Checkpointing checkpointing, int microBatch)
      throws IOException {
    measure(kind, checkpointing, microBatch);
  }

  @EnabledIfSystemProperty(named = ROWS, matches = "all", disabledReason = TAKES_LONG)
  @ParameterizedTest(name = "{0}, checkpointing {1}, micro-batch {2}")
  @CsvSource({"ADAPTERS, NONE, 4", "TOWER, NONE, 4", "TIED, NONE, 4", "PHI, NONE, 4"})
  void soItIsOfOtherKinds(Kind kind, Checkpointing checkpointing, int microBatch)
      throws IOException {
    measure(kind, checkpointing, microBatch);
  }

  private void measure(Kind kind, Checkpointing checkpointing, int microBatch) throws IOException {
    writeConfig(224, 512, 8, kind.decoder);
    BenchOptions options =
        new BenchOptions(
            folder.toString(),
            new BatchShape(microBatch, TEXT, false, 0.25),
            1,
            1,
            2,
            checkpointing,
            Sharding.NONE,
            Device.CPU,
            Precision.FP32);
    MeasuredStage stage =
        new MeasuredStage(
            options,
            kind.trainable,
            kind == Kind.ADAPTERS ? new LoraPlan(32, 64, 0.05, 1) : null,
            kind == Kind.TILES);

    long measured =
        Trial.run(
                1,
                Bench.PATIENCE,
                RankCommand.java(
                    StageRank.class.getName(), new ObjectMapper().writeValueAsString(stage)),
                Long.class)
            >> 20;

    Memory predicted =
        new MemoryModel(stage.work(1)).of(new Setting(Sharding.NONE, checkpointing, 1, microBatch));
    assertThat(predicted.training() >> 20)
        .as(predicted.toString())
        .isCloseTo(measured, withinPercentage(PERCENT));
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
            2,
            Checkpointing.NONE,
            Sharding.NONE,
            Device.CPU,
            Precision.FP32);

    long measured =
        Trial.run(
                1,
                Bench.PATIENCE,
                RankCommand.java(
                    AnsweringRank.class.getName(),
                    new ObjectMapper().writeValueAsString(options),
                    "4"),
                Long.class)
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

  private void writeConfig() throws IOException {
    writeConfig(112, 256, 4, LLAMA);
  }

  /**
   * Large enough that weights and activations outweigh the program.
   *
   * @param side of a picture, in pixels
   * @param decoder what its configuration begins with
   */
  private void writeConfig(int side, int hidden, int layers, String decoder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 12000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": %d,
           "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": 4,
           "image_size": %d, "patch_size": 14},
         "text_config": {%s "vocab_size": 12032, "hidden_size": 768,
           "intermediate_size": 2048, "num_hidden_layers": 8, "num_attention_heads": 12}}
        """
            .formatted(hidden, 4 * hidden, layers, side, decoder));
  }
}
