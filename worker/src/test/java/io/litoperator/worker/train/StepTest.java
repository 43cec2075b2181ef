package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The training step against transformers' and torch's, in the tolerances of the fixtures. */
class StepTest {
  private static final Set<ModelPart> ALL = EnumSet.allOf(ModelPart.class);
  private static final Set<ModelPart> WITHOUT_TOWER =
      EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest(name = "{0} {1}, checkpointing {2}")
  @CsvSource({
    "llava-1.5, vit, NONE", "llava-1.5, lit, SELECTIVE", "llava-1.5, lit, FULL",
    "siglip-qwen2, vit, NONE", "siglip-qwen2, lit, SELECTIVE", "siglip-qwen2, vit, FULL"
  })
  void lossAndGradientsEqualTheReference(
      String name, String objective, Checkpointing checkpointing) {
    ModelFixture fixture = ModelFixture.open(name);
    JsonNode expected = fixture.index().get(objective);
    try (VisionLanguageModel model = fixture.model();
        Gradients gradients = new Gradients(model.parameters(), ALL);
        ForwardBackward step = new ForwardBackward(model, gradients, ALL, checkpointing)) {
      double scale = 1.0 / expected.get("supervised_tokens").asInt();
      gradients.start();
      Losses losses = sum(step.run(fixture.samples(objective), scale, block -> {}));
      assertThat(losses.tokens()).isEqualTo(expected.get("supervised_tokens").asDouble());
      assertThat(losses.mean()).isCloseTo(expected.get("loss").asDouble(), within(1e-5));
      Set<String> compared = new HashSet<>();
      forEachGradient(
          gradients,
          (part, gradient) -> {
            compared.add(part.name());
            double norm = expected.get("grad_norm").path(part.name()).asDouble();
            if (norm >= 1e-6) {
              assertThat(l2(gradient)).as(part.name()).isCloseTo(norm, within(1e-4 * norm));
            }
            String key = "grad." + objective + "." + part.name();
            if (fixture.expected().contains(key)) {
              assertClose(gradient, fixture.expected().floats(key), 1e-4, part.name());
            }
          });
      expected
          .get("grad_norm")
          .fieldNames()
          .forEachRemaining(n -> assertThat(compared).contains(n));
      expected.get("no_gradient").forEach(n -> assertThat(compared).doesNotContain(n.asText()));
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "llava-1.5, vit, micro_batch_mean", "llava-1.5, lit, global_token_mean",
    "siglip-qwen2, lit, micro_batch_mean", "siglip-qwen2, vit, global_token_mean"
  })
  void accumulationEqualsTheReference(String name, String objective, String rule) {
    ModelFixture fixture = ModelFixture.open(name);
    JsonNode expected = fixture.index().get(objective).get("accumulation").get(rule);
    List<Sample> samples = fixture.samples(objective);
    List<List<Sample>> microBatches = List.of(samples.subList(0, 1), samples.subList(1, 3));
    try (VisionLanguageModel model = fixture.model();
        Gradients gradients = new Gradients(model.parameters(), ALL);
        ForwardBackward step = new ForwardBackward(model, gradients, ALL, Checkpointing.NONE)) {
      gradients.start();
      for (int i = 0; i < 2; i++) {
        double tokens = expected.get("micro_batch_tokens").get(i).asDouble();
        double weight = expected.get("weights").get(i).asDouble();
        Losses losses = sum(step.run(microBatches.get(i), weight / tokens, block -> {}));
        assertThat(losses.mean())
            .isCloseTo(expected.get("micro_batch_loss").get(i).asDouble(), within(1e-5));
      }
      forEachGradient(
          gradients,
          (part, gradient) -> {
            double norm = expected.get("grad_norm").path(part.name()).asDouble();
            if (norm >= 1e-6) {
              assertThat(l2(gradient)).as(part.name()).isCloseTo(norm, within(1e-4 * norm));
            }
          });
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}, clip {3}")
  @CsvSource({
    "llava-1.5, vit, all, false", "llava-1.5, lit, all, true",
    "llava-1.5, lit, connector_and_language, false", "llava-1.5, vit, connector_and_language, true",
    "siglip-qwen2, vit, all, true", "siglip-qwen2, lit, all, false",
    "siglip-qwen2, lit, connector_and_language, true",
        "siglip-qwen2, vit, connector_and_language, false"
  })
  void threeStepsOfAdamWEqualTheReference(
      String name, String objective, String scope, boolean clip) {
    ModelFixture fixture = ModelFixture.open(name);
    String label = scope + (clip ? ".clip1" : ".noclip");
    JsonNode expected = fixture.index().get(objective).get("adamw").get(label);
    Set<ModelPart> trainable = scope.equals("all") ? ALL : WITHOUT_TOWER;
    Optimizer optimizer = new Optimizer(1e-3, 0, 0, 0.9, 0.999, 1e-8, Optional.empty());
    List<Sample> samples = fixture.samples(objective);
    double tokens = fixture.index().get(objective).get("supervised_tokens").asDouble();
    JsonNode gradientNorms = fixture.index().get(objective).get("grad_norm");
    try (VisionLanguageModel model = fixture.model();
        Gradients gradients = new Gradients(model.parameters(), trainable);
        ForwardBackward pass =
            new ForwardBackward(model, gradients, trainable, Checkpointing.NONE);
        Arithmetic arithmetic = new Arithmetic();
        AdamW adam = new AdamW(model.parameters(), gradients, optimizer, Map.of())) {
      for (int i = 0; i < 3; i++) {
        gradients.start();
        Losses losses = sum(pass.run(samples, 1 / tokens, block -> {}));
        assertThat(losses.mean()).isCloseTo(expected.get("losses").get(i).asDouble(), within(1e-4));
        double norm = gradients.norm(arithmetic);
        double expectedNorm = expected.get("grad_norm_before_clip").get(i).asDouble();
        assertThat(norm).isCloseTo(expectedNorm, within(1e-3 * expectedNorm));
        adam.step(model.parameters(), gradients, i + 1, 1, clip && norm > 1 ? 1 / norm : 1);
      }
      model
          .parameters()
          .forEachPart(
              new HashSet<>(model.layout().blocks()),
              (part, tensor) -> {
                JsonNode parameter = expected.get("parameters").get(part.name());
                if (parameter.get("fp32_noise").asDouble() < 5e-5 && !noise(gradientNorms, part)) {
                  double norm = parameter.get("l2").asDouble();
                  assertThat(l2(tensor)).as(part.name()).isCloseTo(norm, within(2e-5 * norm));
                  String key = "adamw." + label + "." + objective + "." + part.name();
                  if (fixture.expected().contains(key)) {
                    assertClose(tensor, fixture.expected().floats(key), 5e-5, part.name());
                  }
                }
              });
    }
  }

  private static Losses sum(TokenLosses losses) {
    try (losses) {
      return losses.sum();
    }
  }

  /** Key biases: their gradient is rounding noise, which AdamW makes into steps of full size. */
  private static boolean noise(JsonNode gradientNorms, Weight.Part part) {
    return gradientNorms.has(part.name()) && gradientNorms.get(part.name()).asDouble() < 1e-6;
  }

  private static void forEachGradient(
      Gradients gradients, BiConsumer<Weight.Part, Tensor> visitor) {
    for (Block block : gradients.trained()) {
      try (Tensor memory =
          gradients.flat().slice(gradients.range(block).start(), gradients.range(block).end())) {
        Parameters.forEachPart(block, memory, visitor);
      }
    }
  }

  private static double l2(Tensor tensor) {
    double sum = 0;
    for (float value : tensor.toFloats()) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static void assertClose(Tensor actual, float[] expected, double relative, String name) {
    float[] values = actual.toFloats();
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < values.length; i++) {
      difference += Math.pow(values[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(relative * Math.sqrt(norm));
  }
}
