package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.Parity;
import io.litoperator.worker.ParityReport;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Head;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Torch;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The training step against transformers' and torch's, in the tolerances of the fixtures. */
@ExtendWith(ParityReport.class)
class StepTest {
  private static final Set<ModelPart> ALL = EnumSet.allOf(ModelPart.class);
  private static final Set<ModelPart> WITHOUT_TOWER =
      EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);

  /** Where a gradient is smaller it is rounding noise, or zero in exact arithmetic. */
  private static final double NOISE = 1e-6;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  /** Every model under both objectives, with each of some more arguments. */
  private static Stream<Arguments> cases(Object... more) {
    return ModelFixture.namesAndObjectives()
        .flatMap(c -> Stream.of(more).map(m -> Arguments.of(c.get()[0], c.get()[1], m)));
  }

  static Stream<Arguments> withAndWithoutCheckpointing() {
    return cases((Object[]) Checkpointing.values());
  }

  static Stream<Arguments> rules() {
    return cases(Normalization.MICRO_BATCH, Normalization.GLOBAL_TOKENS);
  }

  static Stream<Arguments> optimizers() {
    return cases(
        "all.noclip", "all.clip1", "connector_and_language.noclip", "connector_and_language.clip1");
  }

  static Stream<Arguments> pieces() {
    return cases(1000, Head.CPU_GRADIENT_ELEMENTS);
  }

  @ParameterizedTest(name = "{0} {1}, checkpointing {2}")
  @MethodSource("withAndWithoutCheckpointing")
  void lossAndGradientsEqualTheReference(
      String name, String objective, Checkpointing checkpointing) {
    ModelFixture fixture = ModelFixture.open(name);
    JsonNode expected = fixture.index().get(objective);
    try (VisionLanguageModel model = fixture.model();
        Pass step = new Pass(model, ALL, checkpointing, Stages.of(ALL).plan().optimizer())) {
      double scale = 1.0 / expected.get("supervised_tokens").asInt();
      step.gradients().start();
      Losses losses = step.run(fixture.samples(objective), scale);
      assertThat(losses.tokens()).isEqualTo(expected.get("supervised_tokens").asDouble());
      Parity.LOSS.check(name, objective, losses.mean(), expected.get("loss").asDouble());
      Set<String> compared = new HashSet<>();
      forEachGradient(
          step.gradients(),
          1,
          (part, gradient) -> {
            String stored = fixture.stored(part);
            compared.add(stored);
            checkNorm(Parity.GRADIENT_NORM, name, stored, gradient, expected.get("grad_norm"));
            String key = "grad." + objective + "." + stored;
            if (fixture.expected().contains(key)) {
              Parity.GRADIENT.check(name, stored, gradient, fixture.expected().floats(key));
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
  @MethodSource("rules")
  void accumulationEqualsTheReference(String name, String objective, Normalization rule) {
    ModelFixture fixture = ModelFixture.open(name);
    String label = rule == Normalization.MICRO_BATCH ? "micro_batch_mean" : "global_token_mean";
    JsonNode expected = fixture.index().get(objective).get("accumulation").get(label);
    List<Sample> samples = fixture.samples(objective);
    List<List<Sample>> microBatches = List.of(samples.subList(0, 1), samples.subList(1, 3));
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep step =
            new OptimizerStep(
                model, Stages.of(ALL).normalised(rule).plan(), Sharding.NONE, new Alone())) {
      Step done = step.run(1, 1, microBatches, OptimizerStep.Wishes.NONE);
      Parity.ACCUMULATED_NORM.check(
          name, "total", done.gradientNorm(), expected.get("grad_norm_total").asDouble());
      double average = done.gradientNorm() / norm(step.gradients());
      forEachGradient(
          step.gradients(),
          average,
          (part, gradient) -> {
            String stored = fixture.stored(part);
            checkNorm(Parity.ACCUMULATED_NORM, name, stored, gradient, expected.get("grad_norm"));
            String key = "accumulated." + label + "." + objective + "." + stored;
            if (fixture.expected().contains(key)) {
              Parity.ACCUMULATED.check(name, stored, gradient, fixture.expected().floats(key));
            }
          });
    }
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("optimizers")
  void threeStepsOfAdamWEqualTheReference(String name, String objective, String label) {
    ModelFixture fixture = ModelFixture.open(name);
    JsonNode expected = fixture.index().get(objective).get("adamw").get(label);
    Stages stage = Stages.of(label.startsWith("all.") ? ALL : WITHOUT_TOWER);
    List<List<Sample>> batch = List.of(fixture.samples(objective));
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep step =
            new OptimizerStep(
                model,
                (label.endsWith("clip1") ? stage.clipped(1) : stage).plan(),
                Sharding.NONE,
                new Alone())) {
      for (int i = 0; i < 3; i++) {
        Step done = step.run(i + 1, 1, batch, OptimizerStep.Wishes.NONE);
        Parity.STEP_LOSS.check(
            name, label, done.losses().mean(), expected.get("losses").get(i).asDouble());
        Parity.STEP_NORM.check(
            name,
            label,
            done.gradientNorm(),
            expected.get("grad_norm_before_clip").get(i).asDouble());
      }
      checkParameters(fixture, model, objective, label);
    }
  }

  /** Each block as soon as its gradient is there, and vocabularies by pieces of few rows. */
  @ParameterizedTest(name = "{0} {1}, {2} elements")
  @MethodSource("pieces")
  void stepsThatUpdateAtOnceEqualTheReference(String name, String objective, long elements) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> batch = fixture.samples(objective);
    StagePlan stage = Stages.of(ALL).plan().withMicroBatchSize(batch.size());
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep step =
            new OptimizerStep(
                model, stage, Sharding.NONE, new Alone(), Optional.empty(), elements)) {
      for (int i = 0; i < 3; i++) {
        step.run(i + 1, 1, List.of(batch), OptimizerStep.Wishes.NONE);
      }
      checkParameters(fixture, model, objective, "all.noclip");
    }
  }

  /** Without clipping, blocks are updated while autograd has those below to differentiate. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void stepsInBf16FollowThoseInFp32(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<List<Sample>> batch = List.of(fixture.samples("lit"));
    try (VisionLanguageModel exact = fixture.model();
        VisionLanguageModel rounded = fixture.model(DType.BFLOAT16);
        OptimizerStep exactly =
            new OptimizerStep(exact, Stages.of(ALL).plan(), Sharding.NONE, new Alone());
        OptimizerStep roundly =
            new OptimizerStep(rounded, Stages.of(ALL).plan(), Sharding.NONE, new Alone())) {
      for (int i = 0; i < 3; i++) {
        double expected = exactly.run(i + 1, 1, batch, OptimizerStep.Wishes.NONE).losses().mean();
        double found = roundly.run(i + 1, 1, batch, OptimizerStep.Wishes.NONE).losses().mean();
        assertThat(found).isCloseTo(expected, within(0.02 * expected));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void aTowerThatLearnsNothingIsAsGoodAsFrozen(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    Stages stage = Stages.of(ALL).learning(Map.of(ModelPart.VISION_TOWER, 0.0));
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep step = new OptimizerStep(model, stage.plan(), Sharding.NONE, new Alone())) {
      for (int i = 0; i < 3; i++) {
        step.run(i + 1, 1, List.of(fixture.samples("lit")), OptimizerStep.Wishes.NONE);
      }
      checkParameters(fixture, model, "lit", "connector_and_language.noclip");
    }
  }

  private static void checkParameters(
      ModelFixture fixture, VisionLanguageModel model, String objective, String label) {
    JsonNode expected = fixture.index().get(objective).get("adamw").get(label).get("parameters");
    JsonNode gradientNorms = fixture.index().get(objective).get("grad_norm");
    Set<String> compared = new HashSet<>();
    model
        .parameters()
        .forEachPart(
            new HashSet<>(model.layout().blocks()),
            (part, tensor) -> {
              String stored = fixture.stored(part);
              compared.add(stored);
              JsonNode parameter = expected.get(stored);
              if (parameter.get("fp32_noise").asDouble() < 5e-5 && !noise(gradientNorms, stored)) {
                float[] values = tensor.toFloats();
                Parity.STEP_PARAMETER_NORM.check(
                    fixture.name(), stored, l2(values), parameter.get("l2").asDouble());
                String key = "adamw." + label + "." + objective + "." + stored;
                if (fixture.expected().contains(key)) {
                  Parity.STEP_PARAMETER.check(
                      fixture.name(), stored, values, fixture.expected().floats(key));
                }
              }
            });
    expected.fieldNames().forEachRemaining(n -> assertThat(compared).contains(n));
  }

  /** Key biases: their gradient is rounding noise, which AdamW makes into steps of full size. */
  private static boolean noise(JsonNode gradientNorms, String name) {
    return gradientNorms.has(name) && gradientNorms.get(name).asDouble() < NOISE;
  }

  private static void checkNorm(
      Parity parity, String model, String name, float[] gradient, JsonNode norms) {
    double norm = norms.path(name).asDouble();
    if (norm >= NOISE) {
      parity.check(model, name, l2(gradient), norm);
    }
  }

  private static void forEachGradient(
      Gradients gradients, double scale, BiConsumer<Weight.Part, float[]> visitor) {
    for (Block block : gradients.trained()) {
      Parameters.forEachPart(
          block,
          gradients.memory(Piece.whole(block)),
          (part, tensor) -> {
            float[] values = tensor.toFloats();
            for (int i = 0; i < values.length; i++) {
              values[i] *= (float) scale;
            }
            visitor.accept(part, values);
          });
    }
  }

  private static double norm(Gradients gradients) {
    double squares = 0;
    for (Block block : gradients.trained()) {
      squares += Math.pow(l2(gradients.memory(Piece.whole(block)).toFloats()), 2);
    }
    return Math.sqrt(squares);
  }

  private static double l2(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
