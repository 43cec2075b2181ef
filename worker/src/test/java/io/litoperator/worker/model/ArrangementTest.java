package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The order of image tokens under anyres. */
class ArrangementTest {
  private static final int NEWLINE = -7;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void rowsRunAcrossTilesAndEndInANewline() {
    // Two tiles side by side of 2×2 patches; the picture leaves out the first and last row of none.
    ModelConfig config = config(28, 14);
    Sample wide = sample(picture(28, new Tiling(1, 2, 56, 28)));
    assertThat(arranged(config, wide))
        .containsExactly(0, 1, 2, 3, 4, 5, 8, 9, NEWLINE, 6, 7, 10, 11, NEWLINE);
  }

  @Test
  void whatShowsPaddingIsLeftOut() {
    // A grid of 4×4 patches, of which a picture twice as wide as high shows the middle rows.
    ModelConfig config = config(28, 14);
    Sample flat = sample(picture(28, new Tiling(2, 2, 100, 50)));
    assertThat(arranged(config, flat))
        .containsExactly(0, 1, 2, 3, 6, 7, 10, 11, NEWLINE, 12, 13, 16, 17, NEWLINE);
  }

  @Test
  void picturesWithAndWithoutTilesFollowOneAnother() {
    ModelConfig config = config(14, 14);
    Sample both =
        sample(picture(14, null), picture(14, new Tiling(2, 1, 14, 28)), picture(14, null));
    assertThat(arranged(config, both)).containsExactly(0, 1, 2, NEWLINE, 3, NEWLINE, 4);
  }

  @Test
  void fullSizeIs2928Tokens() {
    ModelConfig config = config(336, 14);
    Sample sample = sample(picture(336, new Tiling(2, 2, 672, 672)));
    assertThat(arranged(config, sample)).hasSize(2928);
    assertThat(Packed.of(List.of(sample), config::imageTokens).rows()).isEqualTo(2928);
  }

  @Test
  void theGradientOfANewlineIsTheSumOverItsRows() {
    ModelConfig config = config(14, 14);
    Sample sample = sample(picture(14, new Tiling(2, 1, 14, 28)));
    try (VisionLanguageModel model = model(config);
        Tensor features = numbers(3);
        Tensor newline = Tensor.of(new float[] {NEWLINE, NEWLINE}, 2);
        Tensor gradient = Tensor.of(new float[] {1, 1, 2, 2, 4, 4, 8, 8, 16, 16}, 5, 2);
        Tensor into = Tensor.of(new float[] {100, 100}, 2)) {
      Differentiable segment = (Differentiable) model.arrangement(List.of(sample)).orElseThrow();
      try (Tensor ofFeatures =
          segment.backward(features, List.of(), gradient, List.of(newline), List.of(into), true)) {
        assertThat(ofFeatures.toFloats()).containsExactly(1, 1, 2, 2, 8, 8);
        assertThat(into.toFloats()).containsExactly(120, 120);
      }
    }
  }

  /** Which feature each image token is. */
  private static List<Integer> arranged(ModelConfig config, Sample sample) {
    int views = sample.pictures().stream().mapToInt(Pixels::views).sum();
    try (VisionLanguageModel model = model(config);
        Tensor features = numbers(views * config.imageTokens());
        Tensor newline = Tensor.of(new float[] {NEWLINE, NEWLINE}, 2);
        Tensor tokens =
            model.arrangement(List.of(sample)).orElseThrow().forward(features, List.of(newline))) {
      float[] values = tokens.toFloats();
      return IntStream.range(0, values.length / 2).mapToObj(i -> (int) values[2 * i]).toList();
    }
  }

  /** Feature i is (i, i). */
  private static Tensor numbers(int count) {
    float[] values = new float[2 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 2;
    }
    return Tensor.of(values, count, 2);
  }

  private static Sample sample(Pixels... pictures) {
    int[] tokens = IntStream.range(0, pictures.length).map(i -> Sample.IMAGE).toArray();
    return new Sample("sample", tokens, new Fate[tokens.length], List.of(pictures));
  }

  private static Pixels picture(int side, Tiling tiling) {
    int views = tiling == null ? 1 : 1 + tiling.tiles();
    return new Pixels(side, side, new float[views * 3 * side * side], Optional.ofNullable(tiling));
  }

  private static VisionLanguageModel model(ModelConfig config) {
    return new VisionLanguageModel(config, new Parameters(Layout.of(config)));
  }

  private static ModelConfig config(int side, int patch) {
    return new ModelConfig(
        new VisionConfig(
            VisionConfig.Family.CLIP, 2, 2, 1, 1, side, patch, "quick_gelu", 1e-5, 0.02, 1, false),
        new TextConfig(
            new LlamaFamily(),
            8,
            2,
            2,
            1,
            1,
            1,
            2,
            1e-6,
            new RotaryFrequencies(2, 1e4, new RotaryFrequencies.Unscaled()),
            8,
            true,
            0.02),
        -1,
        true,
        GridPinpoint.ofTiles(side),
        7);
  }
}
