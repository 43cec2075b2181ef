package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sharded, and when a gradient is applied, does not change what is learnt. */
@Timeout(120)
class ShardingTest {
  private static final Set<ModelPart> ALL = EnumSet.allOf(ModelPart.class);
  private static final Set<ModelPart> LANGUAGE = EnumSet.of(ModelPart.LANGUAGE_MODEL);
  private static final Set<Sharding> SHARDED = EnumSet.complementOf(EnumSet.of(Sharding.NONE));
  private static final int STEPS = 3;

  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  /** What every rank ended with. */
  private record Trained(List<Step> steps, float[] parameters) {
    double norm() {
      return steps.get(STEPS - 1).gradientNorm();
    }
  }

  @ParameterizedTest(name = "{0} ranks, {1}, clip {2}, checkpointing {3}")
  @CsvSource({
    "1, llava-1.5, , NONE",
    "2, llava-1.5, , NONE",
    "2, siglip-qwen2, 0.5, SELECTIVE",
    "4, llava-1.5, 0.5, NONE",
    "4, siglip-qwen2, , FULL",
    "2, clip-phi, , NONE",
    "2, llava-next, , NONE"
  })
  void everySettingEndsInTheSameBits(
      int worldSize, String name, Double clip, Checkpointing checkpointing) {
    StagePlan stage = stage(ALL, worldSize, 1, Optional.ofNullable(clip), checkpointing);
    Trained none = train(worldSize, name, stage, Sharding.NONE);
    for (Sharding sharding : SHARDED) {
      Trained sharded = train(worldSize, name, stage, sharding);
      assertThat(sharded.parameters()).as(sharding.name()).isEqualTo(none.parameters());
      assertThat(sharded.steps()).as(sharding.name()).isEqualTo(none.steps());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"OPTIMIZER", "GRADIENTS", "PARAMETERS"})
  void severalMicroBatchesAndFrozenPartsEndTheSameButForRounding(Sharding sharding) {
    StagePlan stage = stage(LANGUAGE, 2, 2, Optional.empty(), Checkpointing.NONE);
    Trained none = train(2, "siglip-qwen2", stage, Sharding.NONE);
    Trained sharded = train(2, "siglip-qwen2", stage, sharding);
    assertThat(distance(sharded.parameters(), none.parameters())).isLessThan(1e-5);
    assertThat(sharded.norm()).isCloseTo(none.norm(), within(1e-4 * none.norm()));
  }

  @Test
  void applyingGradientsAsTheyComeEndsInTheBitsOfApplyingThemTogether() {
    for (int worldSize : new int[] {1, 2}) {
      StagePlan asTheyCome = stage(ALL, worldSize, 1, Optional.empty(), Checkpointing.NONE);
      StagePlan together = stage(ALL, worldSize, 1, Optional.of(1e9), Checkpointing.NONE);
      for (Sharding sharding : Sharding.values()) {
        assertThat(train(worldSize, "llava-1.5", asTheyCome, sharding).parameters())
            .isEqualTo(train(worldSize, "llava-1.5", together, sharding).parameters());
      }
    }
  }

  @ParameterizedTest(name = "{0}, {1}, checkpointing {2}")
  @CsvSource({
    "llava-1.5, 1, NONE",
    "siglip-qwen2, 2, SELECTIVE",
    "clip-phi, 2, FULL",
    "llava-next, 4, NONE"
  })
  void adaptersEndInTheSameBits(String name, int worldSize, Checkpointing checkpointing) {
    // The ranks of this test are threads, which would draw from one generator.
    LoraPlan lora = new LoraPlan(4, 6, worldSize == 1 ? 0.3 : 0, 1);
    Set<ModelPart> parts = EnumSet.of(ModelPart.CONNECTOR, ModelPart.ADAPTERS);
    StagePlan stage = stage(parts, worldSize, 1, Optional.empty(), checkpointing).withLora(lora);
    Trained none = train(worldSize, name, stage, Sharding.NONE);
    for (Sharding sharding : SHARDED) {
      Trained sharded = train(worldSize, name, stage, sharding);
      assertThat(sharded.parameters()).as(sharding.name()).isEqualTo(none.parameters());
      assertThat(sharded.steps()).as(sharding.name()).isEqualTo(none.steps());
    }
  }

  /** As LLaVA-NeXT's connector is pretrained, where no picture has the newline in its pass. */
  @ParameterizedTest(name = "the other rank has {0} samples")
  @ValueSource(ints = {0, 1})
  void ranksWithAndWithoutWholePicturesEndInTheSameBits(int others) {
    Set<ModelPart> parts = EnumSet.of(ModelPart.CONNECTOR, ModelPart.VISION_TOWER);
    List<Sample> samples = ModelFixture.open("llava-next").samples("lit");
    List<Sample> mine = new ArrayList<>(List.of(whole(samples.get(0))));
    mine.addAll(samples.subList(2, 2 + others));
    StagePlan stage = stage(parts, 2, 1, Optional.empty(), Checkpointing.NONE);
    Trained none = train(2, "llava-next", stage, Sharding.NONE, mine);
    for (Sharding sharding : SHARDED) {
      Trained sharded = train(2, "llava-next", stage, sharding, mine);
      assertThat(sharded.parameters()).as(sharding.name()).isEqualTo(none.parameters());
    }
  }

  private static Sample whole(Sample sample) {
    return sample.with(sample.pictures().stream().map(ShardingTest::whole).toList());
  }

  /** The first view. */
  private static Pixels whole(Pixels tiled) {
    int size = 3 * tiled.height() * tiled.width();
    return new Pixels(tiled.height(), tiled.width(), Arrays.copyOf(tiled.values(), size));
  }

  private static Trained train(int worldSize, String name, StagePlan stage, Sharding sharding) {
    return train(worldSize, name, stage, sharding, ModelFixture.open(name).samples("lit"));
  }

  /** Trains on as many threads, which must end with the same; of rank 0. */
  private static Trained train(
      int worldSize, String name, StagePlan stage, Sharding sharding, List<Sample> samples) {
    List<Trained> all =
        RankThreads.run(worldSize, rank -> train(rank, name, stage, sharding, samples));
    assertThat(all)
        .allSatisfy(rank -> assertThat(rank.parameters()).isEqualTo(all.get(0).parameters()));
    return all.get(0);
  }

  /** In turns; ranks beyond the samples have none, and some have no picture. */
  private static Trained train(
      Collective ranks, String name, StagePlan stage, Sharding sharding, List<Sample> samples) {
    ModelFixture fixture = ModelFixture.open(name);
    int microBatches = stage.globalBatchSize() / ranks.worldSize();
    try (VisionLanguageModel model = model(fixture, stage, ranks.worldSize());
        OptimizerStep optimizer = new OptimizerStep(model, stage, sharding, ranks)) {
      List<Step> steps = new ArrayList<>();
      for (int step = 1; step <= STEPS; step++) {
        List<List<Sample>> mine = new ArrayList<>();
        for (int i = 0; i < microBatches; i++) {
          int index = i * ranks.worldSize() + ranks.rank();
          mine.add(index < samples.size() ? List.of(samples.get(index)) : List.of());
        }
        steps.add(optimizer.run(step, 1, mine, OptimizerStep.Wishes.NONE));
      }
      optimizer.finish();
      return new Trained(steps, weights(model));
    }
  }

  /** With adapters, if the stage has any, that do something. */
  private static VisionLanguageModel model(ModelFixture fixture, StagePlan stage, int ranks) {
    Layout layout = Layout.of(fixture.description().config(), stage.lora());
    VisionLanguageModel model = fixture.model(layout, DType.FLOAT32, ranks);
    Random random = new Random(1);
    model
        .parameters()
        .forEachPart(
            Set.copyOf(layout.adapters()),
            (part, tensor) ->
                tensor.write(
                    values -> {
                      while (values.hasRemaining()) {
                        values.put((float) random.nextGaussian() / 10);
                      }
                    }));
    return model;
  }

  private static float[] weights(VisionLanguageModel model) {
    List<Float> weights = new ArrayList<>();
    model
        .parameters()
        .forEachPart(
            Set.copyOf(model.layout().blocks()),
            (part, tensor) -> {
              for (float value : tensor.toFloats()) {
                weights.add(value);
              }
            });
    float[] all = new float[weights.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = weights.get(i);
    }
    return all;
  }

  private static StagePlan stage(
      Set<ModelPart> trainable,
      int worldSize,
      int microBatches,
      Optional<Double> clip,
      Checkpointing checkpointing) {
    return new StagePlan(
        StagePlan.Stage.FINETUNE,
        new StagePlan.LabelPlan(
            Objective.LIT,
            List.of(),
            StagePlan.TextOnly.ANSWERS,
            StagePlan.Normalization.GLOBAL_TOKENS),
        List.of(),
        trainable,
        Map.of(ModelPart.CONNECTOR, 2e-3),
        1,
        OptionalInt.of(STEPS),
        worldSize * microBatches,
        1,
        new Optimizer(1e-3, 0, Decay.COSINE, 0.1, 0.9, 0.999, 1e-8, clip),
        checkpointing,
        Optional.empty());
  }

  private static double distance(float[] actual, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
