package io.litoperator.worker.model.published;

import static io.litoperator.worker.model.published.TensorNames.HUGGINGFACE;
import static io.litoperator.worker.model.published.TensorNames.LIUHAOTIAN;
import static io.litoperator.worker.model.published.TensorNames.TINYLLAVA;
import static io.litoperator.worker.model.published.TensorNames.TRANSFORMERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.safetensors.Weights;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorNamesTest {
  private static final List<TensorNames> WHOLE =
      List.of(HUGGINGFACE, TRANSFORMERS, LIUHAOTIAN, TINYLLAVA);

  @ParameterizedTest
  @CsvSource({
    "HUGGINGFACE, language_model.model.layers.3.mlp.fc1.bias",
    "TRANSFORMERS, model.language_model.layers.3.mlp.fc1.bias",
    "LIUHAOTIAN, model.layers.3.mlp.fc1.bias",
    "TINYLLAVA, language_model.model.layers.3.mlp.fc1.bias",
    "LANGUAGE_MODEL, model.layers.3.mlp.fc1.bias"
  })
  void aDecodersTensor(TensorNames names, String theirs) {
    assertThat(names.theirs("language_model.model.layers.3.mlp.fc1.bias")).contains(theirs);
  }

  @ParameterizedTest
  @CsvSource({
    "HUGGINGFACE, vision_tower.vision_model.post_layernorm.bias",
    "TRANSFORMERS, model.vision_tower.vision_model.post_layernorm.bias",
    "LIUHAOTIAN, model.vision_tower.vision_tower.vision_model.post_layernorm.bias",
    "TINYLLAVA, vision_tower._vision_tower.vision_model.post_layernorm.bias",
    "VISION_TOWER, vision_model.post_layernorm.bias"
  })
  void aTowersTensor(TensorNames names, String theirs) {
    assertThat(names.theirs("vision_tower.vision_model.post_layernorm.bias")).contains(theirs);
  }

  @ParameterizedTest
  @CsvSource({
    "HUGGINGFACE, multi_modal_projector.linear_2.bias",
    "TRANSFORMERS, model.multi_modal_projector.linear_2.bias",
    "LIUHAOTIAN, model.mm_projector.2.bias",
    "TINYLLAVA, connector._connector.2.bias"
  })
  void aConnectorsTensor(TensorNames names, String theirs) {
    assertThat(names.theirs("multi_modal_projector.linear_2.bias")).contains(theirs);
  }

  @Property
  void everyNameComesBackFromWhereItWent(@ForAll("names") String name) {
    for (TensorNames names : TensorNames.values()) {
      names
          .theirs(name)
          .ifPresent(theirs -> assertThat(names.ours(theirs)).as("%s", names).contains(name));
    }
  }

  @Property
  void aWholeModelsKindIsRecognised(@ForAll("wholeModels") List<String> model) {
    for (TensorNames names : WHOLE) {
      List<String> theirs = model.stream().map(names::theirs).flatMap(Optional::stream).toList();
      assertThat(TensorNames.of(theirs)).contains(names);
    }
  }

  @ParameterizedTest
  @MethodSource
  void theFixturesAreRecognised(String model, TensorNames expected) {
    Weights weights = Weights.open(Fixtures.root().resolve("models").resolve(model));

    assertThat(TensorNames.of(weights.names())).contains(expected);
    assertThat(weights.names()).allMatch(name -> expected.ours(name).isPresent());
  }

  static Stream<Arguments> theFixturesAreRecognised() {
    return Stream.of(
            Arguments.of("llava-1.5", HUGGINGFACE),
            Arguments.of("llava-next", HUGGINGFACE),
            Arguments.of("siglip-qwen2", HUGGINGFACE),
            Arguments.of("clip-phi", TINYLLAVA))
        .filter(c -> Fixtures.root().resolve("models/" + c.get()[0]).toFile().isDirectory());
  }

  @ParameterizedTest
  @EnumSource(names = {"LANGUAGE_MODEL", "VISION_TOWER"})
  void aPartHasNoConnector(TensorNames names) {
    assertThat(names.theirs("multi_modal_projector.linear_1.weight")).isEmpty();
  }

  @Test
  void otherModelsAreOfNoKind() {
    assertThat(TensorNames.of(List.of("bert.encoder.layer.0.weight", "cls.bias"))).isEmpty();
  }

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> layer =
        Combinators.combine(
                Arbitraries.integers().between(0, 99),
                Arbitraries.of(
                    "self_attn.q_proj.weight", "mlp.down_proj.weight", "layer_norm1.bias"))
            .as((index, tensor) -> "layers." + index + "." + tensor);
    return Arbitraries.oneOf(
        layer.map(name -> "language_model.model." + name),
        layer.map(name -> "vision_tower.vision_model.encoder." + name),
        Arbitraries.of(
            "language_model.model.embed_tokens.weight",
            "language_model.model.norm.weight",
            "language_model.model.final_layernorm.bias",
            "language_model.lm_head.weight",
            "language_model.lm_head.bias",
            "vision_tower.vision_model.embeddings.class_embedding",
            "vision_tower.vision_model.head.probe",
            "multi_modal_projector.linear_1.weight",
            "multi_modal_projector.linear_2.bias",
            "image_newline"));
  }

  @Provide
  Arbitrary<List<String>> wholeModels() {
    return Arbitraries.integers()
        .between(1, 20)
        .map(
            layers ->
                Stream.concat(
                        Stream.of(
                            "multi_modal_projector.linear_1.weight",
                            "language_model.model.embed_tokens.weight",
                            "language_model.lm_head.weight"),
                        Stream.iterate(0, i -> i < layers, i -> i + 1)
                            .flatMap(
                                i ->
                                    Stream.of(
                                        "language_model.model.layers." + i + ".mlp.fc1.weight",
                                        "vision_tower.vision_model.encoder.layers." + i + ".x")))
                    .toList());
  }
}
