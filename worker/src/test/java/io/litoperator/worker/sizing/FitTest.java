package io.litoperator.worker.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LLaVA-1.5-7B's shapes, of which config.json is all that is there. */
class FitTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;
  private ModelConfig model;
  private boolean tiled;
  private OptionalInt newTokens = OptionalInt.empty();

  @BeforeEach
  void writeConfig() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 32000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024,
           "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16,
           "image_size": 336, "patch_size": 14},
         "text_config": {"model_type": "llama", "vocab_size": 32064, "hidden_size": 4096,
           "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32}}
        """);
    model = ModelDescription.ofModel(folder).config();
  }

  private Workload work(boolean clips) {
    return work(clips, ModelPart.LANGUAGE_MODEL, Optional.empty());
  }

  private Workload work(boolean clips, ModelPart language, Optional<LoraPlan> lora) {
    return new Workload(
        model,
        EnumSet.of(ModelPart.CONNECTOR, language),
        lora,
        Precision.BF16,
        Device.CUDA,
        clips,
        128,
        512,
        512,
        1,
        tiled,
        newTokens);
  }

  private Fit fit(int ranks, long limit) {
    return new Fit(work(false), ranks, limit, OptionalDouble.empty());
  }

  @Test
  void countsStateOfAdaptersAloneWhereTheyTrain() {
    Optional<LoraPlan> lora = Optional.of(new LoraPlan(128, 256, 0.05, 1));
    Memory adapted =
        new MemoryModel(work(true, ModelPart.ADAPTERS, lora))
            .of(new Setting(Sharding.NONE, Checkpointing.FULL, 8, 1));
    // Each layer's inputs and outputs: 4 of (4096, 4096), 2 of (4096, 11008), 1 of (11008, 4096).
    double adapters = 32 * 128 * (4 * 8192 + 3 * 15104.0);
    double connector = 1024 * 4096 + 4096 * 4096.0;
    assertThat((double) adapted.parameters())
        .isCloseTo(2 * (7.06e9 + adapters), within(0.02 * 2 * 7.06e9));
    assertThat((double) adapted.optimizer())
        .isCloseTo(12 * (adapters + connector), within(0.01 * 12 * adapters));
  }

  @Test
  void countsParametersAndStateAsTheyAreKnownToBe() {
    Memory whole =
        new MemoryModel(work(true)).of(new Setting(Sharding.NONE, Checkpointing.FULL, 8, 1));
    double parameters = 7.06e9;
    assertThat((double) whole.parameters())
        .isCloseTo(2 * parameters, within(0.02 * 2 * parameters));
    assertThat((double) whole.optimizer()).isCloseTo(12 * 6.76e9, within(0.02 * 12 * 6.76e9));
    assertThat((double) whole.gradients()).isCloseTo(2 * 6.76e9, within(0.02 * 2 * 6.76e9));
  }

  @Test
  void eachSettingKeepsNoMoreThanTheOneBefore() {
    MemoryModel memory = new MemoryModel(work(true));
    long before = Long.MAX_VALUE;
    for (Sharding sharding : Sharding.values()) {
      long peak = memory.of(new Setting(sharding, Checkpointing.FULL, 8, 1)).peak();
      assertThat(peak).as(sharding.name()).isLessThan(before);
      before = peak;
    }
    before = Long.MAX_VALUE;
    for (Checkpointing checkpointing : Checkpointing.values()) {
      long activations =
          memory.of(new Setting(Sharding.PARAMETERS, checkpointing, 8, 4)).activations();
      assertThat(activations).as(checkpointing.name()).isLessThan(before);
      before = activations;
    }
  }

  @Test
  void picksTheLargestMicroBatchThatFits() {
    Fit.Row row = fit(8, 80 * GIB).row(Sharding.PARAMETERS, Checkpointing.FULL);
    assertThat(row.fits()).isTrue();
    assertThat(row.setting().microBatch()).isEqualTo(16);
    Fit.Row tight = fit(8, 30 * GIB).row(Sharding.PARAMETERS, Checkpointing.NONE);
    assertThat(tight.setting().microBatch()).isLessThan(16);
    Setting larger = tight.setting().withMicroBatch(tight.setting().microBatch() * 2);
    assertThat(new MemoryModel(work(false)).of(larger).peak()).isGreaterThan(28 * GIB);
  }

  @Test
  void tellsWhatWouldFit() {
    Fit fit = fit(1, 80 * GIB);
    assertThat(fit.rows()).noneMatch(Fit.Row::fits);
    assertThat(fit.onMoreRanks()).map(Setting::ranks).contains(2);
    assertThat(fit(1, 3 * GIB).onMoreRanks()).isEmpty();
  }

  @Test
  void timesComeFromTheOperationsThatAreNeeded() {
    Fit fit = new Fit(work(false), 8, 80 * GIB, OptionalDouble.of(400e12));
    List<Fit.Row> rows = fit.rows();
    Fit.Row full = fit.row(Sharding.PARAMETERS, Checkpointing.FULL);
    Fit.Row none = fit.row(Sharding.PARAMETERS, Checkpointing.NONE);
    double rowsOfText = 16 * (512 + 576);
    double least = 6 * 6.6e9 * rowsOfText / 400e12;
    assertThat(none.seconds().getAsDouble()).isBetween(least, 1.2 * least);
    assertThat(full.seconds().getAsDouble() / none.seconds().getAsDouble())
        .isCloseTo(4 / 3.0, within(1e-9));
    assertThat(full.samplesPerSecond(128).getAsDouble())
        .isCloseTo(128 / full.seconds().getAsDouble(), within(1e-9));
    assertThat(rows).hasSize(12);
  }

  /** A frozen layer has no gradients of weights, so that its forward pass is half of its work. */
  @Test
  void computingFrozenLayersAgainCostsHalfOfAStep() {
    Workload work = work(false, ModelPart.ADAPTERS, Optional.empty());
    Fit fit = new Fit(work, 8, 80 * GIB, OptionalDouble.of(400e12));
    Fit.Row full = fit.row(Sharding.PARAMETERS, Checkpointing.FULL);
    Fit.Row none = fit.row(Sharding.PARAMETERS, Checkpointing.NONE);
    assertThat(full.seconds().getAsDouble() / none.seconds().getAsDouble())
        .isCloseTo(3 / 2.0, within(1e-9));
  }

  /** Phi keeps a row's input, queries, keys, values, attention and the MLP's one inner product. */
  @Test
  void countsWhatPhisLayersKeep() throws IOException {
    Path config = folder.resolve("config.json");
    String phi =
        Files.readString(config).replace("llama", "phi").replace("11008", String.valueOf(4 * 4096));
    Files.writeString(config, phi);
    model = ModelDescription.ofModel(folder).config();
    MemoryModel memory = new MemoryModel(work(true));
    long none = activations(memory, Checkpointing.NONE);
    long rows = 512 + 576;
    assertThat(none - activations(memory, Checkpointing.SELECTIVE))
        .isEqualTo(2 * 32 * rows * 4 * 4096);
    assertThat(activations(memory, Checkpointing.FULL) - none)
        .isEqualTo(2 * rows * (32 + 9 - 32 * 9) * 4096);
  }

  /** 2928 rows of a picture that fills four tiles, as LLaVA-NeXT has it. */
  @Test
  void pictureOfAnyresTakesItsTilesRows() {
    Setting setting = new Setting(Sharding.NONE, Checkpointing.FULL, 8, 1);
    double rows = 512 + 576;
    MemoryModel single = new MemoryModel(work(true));
    double seconds = seconds();
    model = ModelDescription.ofModel(folder).withTiles(List.of()).config();
    tiled = true;
    double more = (512 + 2928) / rows;

    MemoryModel memory = new MemoryModel(work(true));

    assertThat((double) kept(memory)).isEqualTo(kept(single) * more);
    assertThat(memory.of(setting).buffers() - single.of(setting).buffers())
        .isEqualTo(4L * 4 * 3 * 336 * 336);
    assertThat(seconds() / seconds).isBetween(more, 1.1 * more);
  }

  /** Of 8 ranks of which each has an eighth of the model while it trains, and then all. */
  @Test
  void peakIsOfTrainingOrOfAnswering() {
    Setting setting = new Setting(Sharding.PARAMETERS, Checkpointing.FULL, 8, 1);
    Memory trains = new MemoryModel(work(true)).of(setting);
    assertThat(trains.evaluation()).isZero();
    assertThat(trains.peak()).isEqualTo(trains.training());

    newTokens = OptionalInt.of(16);
    Memory answers = new MemoryModel(work(true)).of(setting);

    assertThat(answers.training()).isEqualTo(trains.training());
    // One question's keys and values take 552 MiB, so that three are answered at a time.
    double model = 2 * 7.06e9;
    assertThat((double) answers.evaluation())
        .isBetween(7 / 8.0 * model + 1.6 * GIB, 7 / 8.0 * model + 2.5 * GIB);
    assertThat(answers.peak()).isEqualTo(answers.evaluating()).isGreaterThan(trains.peak());
  }

  private double seconds() {
    return new Fit(work(false), 8, 80 * GIB, OptionalDouble.of(400e12))
        .row(Sharding.PARAMETERS, Checkpointing.NONE)
        .seconds()
        .getAsDouble();
  }

  /** What the MLPs' inner products of all rows take. */
  private static long kept(MemoryModel memory) {
    return activations(memory, Checkpointing.NONE) - activations(memory, Checkpointing.SELECTIVE);
  }

  private static long activations(MemoryModel memory, Checkpointing checkpointing) {
    return memory.of(new Setting(Sharding.NONE, checkpointing, 8, 1)).activations();
  }
}
