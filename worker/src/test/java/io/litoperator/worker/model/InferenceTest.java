package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Features, logits, token losses and greedy continuations against transformers'. */
class InferenceTest {
  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llava-1.5", "siglip-qwen2"})
  void featuresAndLogitsEqualTheReference(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples("vit");
    Packed packed = Packed.of(samples, fixture.description().config()::imageTokens);
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model);
        Tensor features = inference.see(samples);
        Tensor hidden = inference.hidden(samples, packed);
        Tensor logits = model.head().logits(hidden, inference.headWeights())) {
      assertThat(features.toFloats())
          .usingComparatorWithPrecision(2e-5f)
          .containsExactly(fixture.expected().floats("image_features"));
      assertThat(logits.toFloats())
          .usingComparatorWithPrecision(5e-5f)
          .containsExactly(fixture.expected().floats("logits"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llava-1.5", "siglip-qwen2"})
  void likelihoodsAreTheSumsOfTheReferencesTokenLosses(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      for (String objective : List.of("vit", "lit")) {
        double[] sums = inference.logLikelihood(fixture.samples(objective));
        float[] losses = fixture.expected().floats("token_loss." + objective);
        int width = losses.length / sums.length;
        for (int i = 0; i < sums.length; i++) {
          double expected = 0;
          for (int t = 0; t < width; t++) {
            expected -= losses[i * width + t];
          }
          assertThat(sums[i]).isCloseTo(expected, within(2e-5 * width));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llava-1.5", "siglip-qwen2"})
  void greedyContinuationsEqualTheReferenceOneByOneAndInABatch(String name) throws IOException {
    ModelFixture fixture = ModelFixture.open(name);
    JsonNode cases =
        new ObjectMapper()
            .readTree(Fixtures.root().resolve("generate/" + name + ".json").toFile())
            .get("cases");
    List<Sample> prompts = new ArrayList<>();
    List<int[]> expected = new ArrayList<>();
    for (JsonNode one : cases) {
      prompts.add(prompt(fixture, one));
      expected.add(ints(one.get("new_ids")));
    }
    Inference.Limits limits = new Inference.Limits(16, Set.of(2), true);
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      assertThat(inference.generate(prompts, limits))
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(expected);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(inference.generate(prompts.subList(i, i + 1), limits).get(0))
            .containsExactly(expected.get(i));
      }
    }
  }

  private static Sample prompt(ModelFixture fixture, JsonNode one) {
    int image = fixture.description().config().imageToken();
    int[] tokens =
        Arrays.stream(ints(one.get("prompt_ids")))
            .map(id -> id == image ? Sample.IMAGE : id)
            .toArray();
    Fate[] fates = new Fate[tokens.length];
    Arrays.fill(fates, Fate.MASKED);
    return new Sample(
        "prompt",
        tokens,
        fates,
        one.get("image").isNull() ? List.of() : List.of(fixture.picture(one.get("image").asInt())));
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
