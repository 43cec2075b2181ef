package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.Parity;
import io.litoperator.worker.ParityReport;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Features, logits and token losses against transformers'. */
@ExtendWith(ParityReport.class)
class InferenceTest {
  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void featuresAndLogitsEqualTheReference(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples("vit");
    Packed packed = Packed.of(samples, fixture.description().config()::imageTokens);
    try (VisionLanguageModel model = fixture.model();
        InferenceWeights weights = new InferenceWeights(model);
        Inference inference = new Inference(model);
        Tensor features = new ImageEncoder(model, weights).encode(samples);
        Tensor hidden = inference.hidden(samples, packed);
        Tensor logits = model.head().logits(hidden, weights.head())) {
      float[] expected = fixture.expected().floats("image_features");
      Parity.IMAGE_FEATURES.check(name, "features", features.toFloats(), expected);
      Parity.LOGITS.check(name, "logits", logits.toFloats(), fixture.expected().floats("logits"));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#namesAndObjectives")
  void tokenLossesEqualTheReference(String name, String objective) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples(objective);
    float[] expected = fixture.tokenLosses(objective);
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      Parity.TOKEN_LOSS.check(name, objective, inference.tokenLosses(samples), expected);
      double sum = 0;
      for (float loss : expected) {
        sum -= loss;
      }
      assertThat(Arrays.stream(inference.logLikelihood(samples)).sum())
          .isCloseTo(sum, within(2e-5 * expected.length));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void aSampleIsLikelyAloneAsItIsAmongOthersWithOtherPictures(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = new ArrayList<>(fixture.samples("vit"));
    samples.add(joined(samples.get(0), samples.get(1)));
    samples.add(joined(samples.get(2), samples.get(0)));
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      double[] together = inference.logLikelihood(samples);
      for (int i = 0; i < together.length; i++) {
        assertThat(inference.logLikelihood(samples.subList(i, i + 1))[0])
            .isCloseTo(together[i], within(2e-4));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void aPictureThatOccursAgainIsSeenAsItIsOnce(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    Sample first = fixture.samples("vit").get(0);
    Sample second = fixture.samples("vit").get(1);
    try (VisionLanguageModel model = fixture.model();
        InferenceWeights weights = new InferenceWeights(model);
        Tensor once = new ImageEncoder(model, weights).encode(List.of(first, second));
        Tensor again =
            new ImageEncoder(model, weights)
                .encode(List.of(first, second, joined(second, first)))) {
      float[] views = once.toFloats();
      int seen = first.pictures().stream().mapToInt(model.config()::imageTokens).sum();
      int start = seen * (int) once.shape()[1];
      float[] expected = Arrays.copyOf(views, 2 * views.length);
      System.arraycopy(views, start, expected, views.length, views.length - start);
      System.arraycopy(views, 0, expected, 2 * views.length - start, start);
      assertThat(again.toFloats()).containsExactly(expected);
    }
  }

  /** One sequence of both samples' tokens and pictures. */
  private static Sample joined(Sample first, Sample second) {
    int[] tokens = Arrays.copyOf(first.tokens(), first.tokens().length + second.tokens().length);
    Fate[] fates = Arrays.copyOf(first.fates(), tokens.length);
    System.arraycopy(second.tokens(), 0, tokens, first.tokens().length, second.tokens().length);
    System.arraycopy(second.fates(), 0, fates, first.fates().length, second.fates().length);
    List<Pixels> pictures = new ArrayList<>(first.pictures());
    pictures.addAll(second.pictures());
    return new Sample(first.id() + " and " + second.id(), tokens, fates, pictures);
  }
}
