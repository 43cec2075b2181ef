package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.GridPinpoint;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDescriptionTest {
  @TempDir Path folder;

  @Test
  void fieldsLeftOutHaveTransformersDefaults() throws IOException {
    ModelConfig config = read("{'model_type': 'llava', 'text_config': {}, 'vision_config': {}}");
    assertThat(config.text().family()).isEqualTo(new LlamaFamily());
    assertThat(config.text().intermediateSize()).isEqualTo(11008);
    assertThat(config.text().keyValueHeads()).isEqualTo(32);
    assertThat(config.text().headSize()).isEqualTo(128);
    assertThat(config.vision().activation()).isEqualTo("quick_gelu");
    assertThat(config.vision().positions()).isEqualTo(50);
    assertThat(config.featureLayer()).isEqualTo(-2);
    assertThat(config.usedTowerLayers()).isEqualTo(11);
    assertThat(config.imageTokens()).isEqualTo(49);
  }

  @Test
  void siglipHasNoClassTokenAndItsOwnDefaults() throws IOException {
    ModelConfig config =
        read("{'text_config': {}, 'vision_config': {'model_type': 'siglip_vision_model'}}");
    assertThat(config.vision().positions()).isEqualTo(196);
    assertThat(config.vision().activation()).isEqualTo("gelu_pytorch_tanh");
    assertThat(config.imageTokens()).isEqualTo(195);
  }

  /** As transformers' converter writes LLaVA's with SigLIP. */
  @Test
  void siglipMayHaveNoHead() throws IOException {
    String json = "{'text_config': {}, 'vision_config': {'model_type': 'siglip_vision_model'%s}}";
    assertThat(tail(read(json.formatted("")))).hasSize(13);
    assertThat(tail(read(json.formatted(", 'vision_use_head': false"))))
        .containsExactly(
            "vision_tower.vision_model.post_layernorm.weight",
            "vision_tower.vision_model.post_layernorm.bias");
  }

  private static List<String> tail(ModelConfig config) {
    return Layout.of(config).towerTail().parts().map(Weight.Part::name).toList();
  }

  /** LLaVA-NeXT's code saves SigLIP without its last layer. */
  @Test
  void weightsTellHowMuchOfANamedTowerIsThere() throws IOException {
    try (FileChannel out =
        FileChannel.open(
            folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      String layer =
          "model.vision_tower.vision_tower.vision_model.encoder.layers.25.layer_norm1.bias";
      SafetensorsWriter.write(
          out, List.of(NamedTensor.of(layer, DType.F32, new long[] {1}, ByteBuffer.allocate(4))));
    }
    ModelConfig config =
        read(
            "{'model_type': 'llava_qwen', 'mm_vision_tower': 'google/siglip-so400m-patch14-384',"
                + " 'mm_projector_type': 'mlp2x_gelu'}");
    assertThat(config.vision().layers()).isEqualTo(26);
    assertThat(config.usedTowerLayers()).isEqualTo(26);
    assertThat(config.imageTokens()).isEqualTo(729);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'text_config': {'model_type': 'gpt2'}}|text_config.model_type gpt2 is not supported",
        "{'text_config': {'hidden_size': 'big'}}|text_config.hidden_size must be a whole number",
        "{'text_config': {'num_hidden_layers': 0}}|text_config.num_hidden_layers must be at least 1",
        "{'text_config': {'rope_scaling': {'factor': 2}}}|text_config.rope_scaling",
        "{'text_config': {'rope_scaling': {'rope_type': 'yarn', 'factor': 2}}}|known types: linear, llama3",
        "{'text_config': {'rope_parameters': {'full_attention': {'rope_theta': 1e6}, 'sliding_attention': {'rope_theta': 1e4}}}}|differ between layers",
        "{'text_config': {'rope_parameters': {'rope_type': 'yarn', 'rope_theta': 1e6}}}|known types: linear, llama3",
        "{'model_type': 'llava_next', 'image_grid_pinpoints': []}|at least one pair",
        "{'text_config': {'rope_scaling': {'type': 'linear'}}}|rope_scaling.factor must be a number",
        "{'text_config': {'model_type': 'qwen2', 'use_sliding_window': true}}|use_sliding_window true",
        "{'text_config': {'model_type': 'phi', 'qk_layernorm': true}}|text_config.qk_layernorm true",
        "{'text_config': {'model_type': 'phi', 'partial_rotary_factor': 0.02}}|elements of a head",
        "{'model_type': 'llava_next', 'image_grid_pinpoints': [[672]]}|must be pairs of height and width",
        "{'model_type': 'llava_next', 'vision_config': {'image_size': 336}, 'image_grid_pinpoints': [[336, 500]]}|gridPinpoints 500×336 is not of whole tiles",
        "{'model_type': 'llava_next', 'vision_config': {'model_type': 'siglip_vision_model', 'image_size': 336, 'patch_size': 14}}|with SigLIP give featureSelect: full",
        "{'text_config': {'num_key_value_heads': 5}}|must be a multiple of num_key_value_heads",
        "{'vision_config': {'hidden_act': 'relu'}}|vision_config.hidden_act relu is not supported",
        "{'vision_feature_layer': -14, 'vision_config': {}}|feature layer -14 does not exist in a tower of 12 layers",
        "{'projector_hidden_act': 'relu'}|projector_hidden_act relu is not supported",
        "[]|is not a JSON object",
        "{|is not JSON"
      })
  void whatCannotBeBuiltIsRefusedByField(String json, String sentence) throws IOException {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
              assertThat(failure.getMessage())
                  .contains(folder.resolve("config.json").toString())
                  .contains(sentence)
                  .hasLineCount(1);
            });
  }

  @Test
  void llavaNextsSizesAreReadHeightFirst() throws IOException {
    ModelConfig config =
        read(
            "{'model_type': 'llava_next', 'text_config': {}, 'vision_config': {'image_size': 336, 'patch_size': 14},"
                + "'image_grid_pinpoints': [[672, 336], [336, 1008]]}");
    assertThat(config.gridPinpoints())
        .containsExactly(new GridPinpoint(336, 672), new GridPinpoint(1008, 336));
    assertThat(config.imageTokens(Optional.empty())).isEqualTo(576);
    assertThat(config.imageTokens(Optional.of(new Tiling(2, 2, 672, 672)))).isEqualTo(2928);
    assertThat(Layout.of(config).newline()).isPresent();
  }

  @Test
  void aModelThatGetsTilesIsLlavaNext() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"text_config\": {}, \"vision_config\": {\"image_size\": 336, \"patch_size\": 14}}");
    ModelDescription plain = ModelDescription.ofModel(folder);
    ModelDescription tiled = plain.withTiles(List.of());
    assertThat(tiled.json().get("model_type").asText()).isEqualTo("llava_next");
    assertThat(tiled.json().get("image_grid_pinpoints").toString())
        .isEqualTo("[[672,336],[336,672],[672,672],[336,1008],[1008,336]]");
    assertThat(tiled.config().gridPinpoints()).isEqualTo(GridPinpoint.ofTiles(336));
    assertThatThrownBy(() -> plain.withTiles(List.of(new GridPinpoint(336, 400))))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining("336×400 is not of whole tiles, which are 336×336");
  }

  /** In transformers 4.49 {@code LlavaNextConfig()}. */
  @Test
  void aWholeModelsDefaultsAreThoseOfItsClass() throws IOException {
    ModelConfig config = read("{'model_type': 'llava_next', 'text_config': {}}");
    assertThat(config.vision().imageSize()).isEqualTo(336);
    assertThat(config.vision().patchSize()).isEqualTo(14);
    assertThat(config.vision().hiddenSize()).isEqualTo(1024);
    assertThat(config.vision().layers()).isEqualTo(24);
    assertThat(config.imageTokens()).isEqualTo(576);
    assertThat(config.gridPinpoints())
        .containsExactly(
            new GridPinpoint(672, 336),
            new GridPinpoint(336, 672),
            new GridPinpoint(672, 672),
            new GridPinpoint(336, 1008),
            new GridPinpoint(1008, 336));
    ObjectNode json = ModelDescription.ofModel(folder).json();
    assertThat(json.path("vision_config").path("image_size").asInt()).isEqualTo(336);
    assertThat(json.path("image_grid_pinpoints").get(0)).hasToString("[336,672]");
  }

  /** As transformers 5 saves them; what is exported is for older ones, too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'text_config': {'model_type': 'llama', 'head_dim': 128, 'rope_parameters': %s}}",
        "{'model_type': 'tinyllava', 'text_config': {'model_type': 'llama', 'head_dim': 128, 'rope_parameters': %s}}",
        "{'model_type': 'llava_llama', 'mm_projector_type': 'mlp2x_gelu', 'mm_vision_tower': 'openai/clip-vit-large-patch14-336', 'head_dim': 128, 'rope_parameters': %s}"
      })
  void rotaryParametersOfTransformers5AreRead(String whole) throws IOException {
    String llama3 =
        "{'rope_theta': 500000.0, 'rope_type': 'llama3', 'factor': 8.0, 'low_freq_factor': 1.0,"
            + " 'high_freq_factor': 4.0, 'original_max_position_embeddings': 8192}";
    assertThat(read(whole.formatted(llama3)).text().rotary())
        .isEqualTo(new RotaryFrequencies(128, 5e5, new RotaryFrequencies.Llama3(8, 1, 4, 8192)));
    ObjectNode text = (ObjectNode) ModelDescription.ofModel(folder).json().get("text_config");
    assertThat(text.has("rope_parameters")).isFalse();
    assertThat(text.path("rope_theta").asDouble()).isEqualTo(5e5);
    assertThat(text.path("rope_scaling").path("rope_type").asText()).isEqualTo("llama3");

    assertThat(read(whole.formatted("{'rope_theta': 1e6, 'rope_type': 'default'}")).text().rotary())
        .isEqualTo(new RotaryFrequencies(128, 1e6, new RotaryFrequencies.Unscaled()));
  }

  @Test
  void phisTurningPartMayBeAmongThem() throws IOException {
    TextConfig phi2 =
        read("{'text_config': {'model_type': 'phi', 'hidden_size': 2560, 'num_attention_heads': 32,"
                + " 'rope_parameters': {'rope_theta': 20000.0, 'partial_rotary_factor': 0.4, 'rope_type': 'default'}}}")
            .text();
    assertThat(phi2.rotary().size()).isEqualTo(32);
    assertThat(phi2.rotary().theta()).isEqualTo(2e4);
  }

  @Test
  void aLanguageModelsOwnFolderMayHaveThemToo() throws IOException {
    Path text = Files.createDirectory(folder.resolve("text"));
    Files.writeString(text.resolve("config.json"), "{\"rope_parameters\": {\"rope_theta\": 1e6}}");
    Path tower = Files.createDirectory(folder.resolve("tower"));
    Files.writeString(tower.resolve("config.json"), "{}");
    ModelDescription made = ModelDescription.ofParts(text, tower, -2, true, 32000, 32001);
    assertThat(made.config().text().rotary().theta()).isEqualTo(1e6);
    assertThat(made.json().path("text_config").path("rope_theta").asDouble()).isEqualTo(1e6);
  }

  @Test
  void mistralIsNoLongerThanItsWindow() throws IOException {
    TextConfig v1 = read("{'text_config': {'model_type': 'mistral'}}").text();
    assertThat(v1.family().modelType()).isEqualTo("mistral");
    assertThat(v1.maxPositions()).isEqualTo(4096);
    assertThat(v1.keyValueHeads()).isEqualTo(8);
    assertThat(v1.intermediateSize()).isEqualTo(14336);
    TextConfig v2 =
        read("{'text_config': {'model_type': 'mistral', 'sliding_window': null, 'rope_theta': 1e6,"
                + " 'max_position_embeddings': 32768, 'head_dim': 160}}")
            .text();
    assertThat(v2.maxPositions()).isEqualTo(32768);
    assertThat(v2.headSize()).isEqualTo(160);
    assertThat(v2.rotary().theta()).isEqualTo(1e6);
  }

  @Test
  void qwen25IsReadAsQwen2() throws IOException {
    TextConfig text =
        read("{'text_config': {'model_type': 'qwen2', 'attention_dropout': 0.0, 'hidden_act': 'silu', 'hidden_size': 896,"
                + " 'intermediate_size': 4864, 'max_position_embeddings': 32768, 'max_window_layers': 24,"
                + " 'num_attention_heads': 14, 'num_hidden_layers': 24, 'num_key_value_heads': 2, 'rms_norm_eps': 1e-06,"
                + " 'rope_theta': 1000000.0, 'sliding_window': 32768, 'tie_word_embeddings': true,"
                + " 'use_sliding_window': false, 'use_mrope': false, 'vocab_size': 151936}}")
            .text();
    assertThat(text.family()).isEqualTo(new Qwen2Family());
    assertThat(text.headSize()).isEqualTo(64);
    assertThat(text.tiedEmbeddings()).isTrue();
  }

  @Test
  void phiTurnsAPartOfEachHead() throws IOException {
    TextConfig phi2 =
        read("{'text_config': {'model_type': 'phi', 'hidden_size': 2560, 'intermediate_size': 10240, 'num_hidden_layers': 32,"
                + " 'num_attention_heads': 32, 'partial_rotary_factor': 0.4, 'vocab_size': 51200, 'resid_pdrop': 0.1}}")
            .text();
    assertThat(phi2.headSize()).isEqualTo(80);
    assertThat(phi2.rotary().size()).isEqualTo(32);
    assertThat(phi2.normEpsilon()).isEqualTo(1e-5);
  }

  @Test
  void aFolderWithoutConfigIsMissing() {
    assertThatThrownBy(() -> ModelDescription.ofModel(folder))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING));
  }

  private ModelConfig read(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json.replace('\'', '"'));
    return ModelDescription.ofModel(folder).config();
  }
}
