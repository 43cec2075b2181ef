package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Initializer;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.Packed;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.WeightLoader;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps on pictures of LLaVA-NeXT's full size, and of its tiles, by a model that is narrow. */
class AnyresStepTest {
  private static final Set<ModelPart> ALL = EnumSet.allOf(ModelPart.class);
  private static final int SIDE = 336;
  private static final int VOCABULARY = 64;

  /** So that attention tells rows apart, which weights as they are initialised hardly do. */
  private static final float SPREAD = 4;

  private static final String CONFIG =
      """
      {"model_type": "llava_next", "image_token_index": 60, "vision_feature_layer": -2,
       "vision_feature_select_strategy": "default", "projector_hidden_act": "gelu",
       "image_grid_pinpoints": [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]],
       "text_config": {"model_type": "llama", "hidden_size": 16, "intermediate_size": 24,
         "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 2,
         "vocab_size": 64, "max_position_embeddings": 8192},
       "vision_config": {"model_type": "clip_vision_model", "hidden_size": 16,
         "intermediate_size": 24, "num_attention_heads": 2, "num_hidden_layers": 2,
         "image_size": 336, "patch_size": 14}}
      """;

  @TempDir private Path folder;
  private ModelConfig config;
  private Random random;

  @BeforeAll
  static void start() {
    Torch.start(2, Fixtures.device());
  }

  @BeforeEach
  void describe() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    config = ModelDescription.ofModel(folder).config();
    random = new Random(7);
  }

  @ParameterizedTest(name = "checkpointing {0}")
  @EnumSource(names = {"NONE", "FULL"})
  void aBatchOfFullSizeTextAndManyPicturesHasTheLossesAndGradientsOfItsSamples(
      Checkpointing checkpointing) {
    List<Sample> batch = batch();
    try (VisionLanguageModel model = model();
        Pass step = new Pass(model, ALL, checkpointing, Stages.of(ALL).plan().optimizer())) {
      step.gradients().start();
      Losses together = step.run(batch, 1);
      List<float[]> gradients = gradients(step);
      Losses sum = Losses.NONE;
      double[][] sums = gradients.stream().map(g -> new double[g.length]).toArray(double[][]::new);
      for (Sample sample : batch) {
        step.gradients().start();
        sum = sum.plus(step.run(List.of(sample), 1));
        add(sums, gradients(step));
      }
      assertThat(together.tokens()).isEqualTo(sum.tokens()).isEqualTo(30);
      assertThat(together.mean()).isCloseTo(sum.mean(), within(1e-5));
      for (int i = 0; i < sums.length; i++) {
        assertThat(distance(gradients.get(i), sums[i])).isLessThan(1e-4);
      }
    }
  }

  @Test
  void stepsOfTheOptimizerLearnTheBatch() {
    List<Sample> batch = batch();
    try (VisionLanguageModel model = model();
        OptimizerStep step =
            new OptimizerStep(model, Stages.of(ALL).plan(), Sharding.NONE, new Alone())) {
      double first = step.run(1, 1, List.of(batch), OptimizerStep.Wishes.NONE).losses().mean();
      double last = step.run(2, 1, List.of(batch), OptimizerStep.Wishes.NONE).losses().mean();
      assertThat(last).isLessThan(first);
    }
  }

  private List<Sample> batch() {
    List<Sample> batch =
        List.of(
            sample(picture(new Tiling(2, 2, 672, 672))),
            sample(),
            sample(
                picture(new Tiling(1, 3, 900, 250)),
                picture(new Tiling(2, 1, 300, 700)),
                picture(new Tiling(2, 2, 500, 640))));
    int text = batch.get(1).tokens().length;
    assertThat(Packed.expandedLength(batch.get(0), config::imageTokens)).isEqualTo(2928 + text);
    return batch;
  }

  private VisionLanguageModel model() {
    Parameters parameters = new Parameters(Layout.of(config));
    WeightLoader loader = new WeightLoader(parameters);
    try (Initializer initializer = new Initializer(3)) {
      ALL.forEach(part -> loader.initialise(part, initializer));
    }
    float[] values = parameters.flat().toFloats();
    parameters
        .flat()
        .write(
            floats -> {
              for (float value : values) {
                floats.put(SPREAD * value);
              }
            });
    return new VisionLanguageModel(config, parameters);
  }

  /** Pictures, then words of which the last ten are an answer. */
  private Sample sample(Pixels... pictures) {
    int[] words = random.ints(24, 1, VOCABULARY - 4).toArray();
    int[] tokens = new int[pictures.length + words.length];
    Arrays.fill(tokens, 0, pictures.length, Sample.IMAGE);
    System.arraycopy(words, 0, tokens, pictures.length, words.length);
    Fate[] fates = new Fate[tokens.length];
    Arrays.fill(fates, Fate.MASKED);
    Arrays.fill(fates, fates.length - 10, fates.length, Fate.ANSWER);
    return new Sample(pictures.length + " pictures", tokens, fates, List.of(pictures));
  }

  private Pixels picture(Tiling tiling) {
    float[] values = new float[(1 + tiling.tiles()) * 3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 4 - 2;
    }
    return new Pixels(SIDE, SIDE, values, Optional.of(tiling));
  }

  private static List<float[]> gradients(Pass step) {
    return step.gradients().trained().stream()
        .map(Piece::whole)
        .peek(step.gradients()::finish)
        .map(step.gradients()::memory)
        .map(Tensor::toFloats)
        .toList();
  }

  private static void add(double[][] sums, List<float[]> more) {
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums[i].length; j++) {
        sums[i][j] += more.get(i)[j];
      }
    }
  }

  /** Relative, in the Euclidean norm. */
  private static double distance(float[] found, double[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow(found[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    assertThat(norm).isPositive();
    return Math.sqrt(difference / norm);
  }
}
