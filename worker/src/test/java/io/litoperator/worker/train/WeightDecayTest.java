package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the groups of transformers' Trainer and torch's AdamW, {@code decay_reference.py}. */
class WeightDecayTest {
  /** In the script, too: so large that three steps take 3 % of what decays. */
  private static final double DECAY = 10;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest
  @ValueSource(strings = {"llava-1.5", "llava-next"})
  void normsAndBiasesAreLeftOut(String name) throws IOException {
    JsonNode expected = reference(name).get("parameters");
    ModelFixture fixture = ModelFixture.open(name);
    Map<String, Boolean> found = new TreeMap<>();
    try (VisionLanguageModel model = fixture.model()) {
      model
          .layout()
          .blocks()
          .forEach(
              block ->
                  block
                      .weights()
                      .forEach(
                          weight ->
                              weight
                                  .parts()
                                  .forEach(p -> found.put(fixture.stored(p), weight.decays()))));
    }
    assertThat(expected.size()).isGreaterThan(40);
    expected
        .properties()
        .forEach(
            e ->
                assertThat(found)
                    .containsEntry(e.getKey(), e.getValue().get("decays").asBoolean()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llava-1.5", "llava-next"})
  void threeStepsEqualTheReference(String name) throws IOException {
    JsonNode expected = reference(name);
    ModelFixture fixture = ModelFixture.open(name);
    List<List<Sample>> batch = List.of(fixture.samples("lit"));
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep step =
            new OptimizerStep(
                model,
                Stages.of(EnumSet.allOf(ModelPart.class)).decaying(DECAY).plan(),
                Sharding.NONE,
                new Alone())) {
      for (int i = 0; i < 3; i++) {
        Step done = step.run(i + 1, 1, batch, OptimizerStep.Wishes.NONE);
        assertThat(done.losses().mean())
            .isCloseTo(expected.get("losses").get(i).asDouble(), within(1e-4));
      }
      checkNorms(fixture, model, expected.get("parameters"));
    }
  }

  /** But of keys' biases, whose gradients are zero in exact arithmetic. */
  private static void checkNorms(
      ModelFixture fixture, VisionLanguageModel model, JsonNode expected) {
    model
        .parameters()
        .forEachPart(
            Set.copyOf(model.layout().blocks()),
            (part, tensor) -> {
              JsonNode of = expected.path(fixture.stored(part)).path("l2");
              if (!of.isMissingNode() && !part.name().endsWith("k_proj.bias")) {
                double norm = norm(tensor.toFloats());
                assertThat(norm)
                    .as(part.name())
                    .isCloseTo(of.asDouble(), within(5e-5 * of.asDouble()));
              }
            });
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static JsonNode reference(String name) throws IOException {
    Path file = Fixtures.root().resolve("decay").resolve(name + ".json");
    assumeTrue(Files.exists(file), "numbers of these models");
    return new ObjectMapper().readTree(file.toFile());
  }
}
