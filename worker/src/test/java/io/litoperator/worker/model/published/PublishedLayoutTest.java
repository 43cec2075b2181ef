package io.litoperator.worker.model.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedLayoutTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void llavas15ConfigurationIsReadAsTransformersWritesIt() {
    ObjectNode theirs =
        json(
            """
            {"model_type": "llava", "architectures": ["LlavaLlamaForCausalLM"],
             "hidden_size": 4096, "num_hidden_layers": 32, "vocab_size": 32000, "pad_token_id": 0,
             "mm_vision_tower": "openai/clip-vit-large-patch14-336", "mm_hidden_size": 1024,
             "mm_projector_type": "mlp2x_gelu", "mm_vision_select_layer": -2,
             "mm_vision_select_feature": "patch", "image_aspect_ratio": "pad",
             "tune_mm_mlp_adapter": false, "tokenizer_model_max_length": 2048,
             "torch_dtype": "float16"}
            """);

    ObjectNode ours = PublishedLayout.of(theirs).toOurs(theirs, Set::of);

    assertThat(PublishedLayout.of(theirs)).isEqualTo(PublishedLayout.LIUHAOTIAN);
    assertThat(ours.path("model_type").asText()).isEqualTo("llava");
    assertThat(ours.path("vision_feature_select_strategy").asText()).isEqualTo("default");
    assertThat(ours.path("vision_feature_layer").asInt()).isEqualTo(-2);
    assertThat(ours.path("torch_dtype").asText()).isEqualTo("float16");
    assertThat(ours.path("text_config"))
        .isEqualTo(
            json(
                """
                {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32,
                 "vocab_size": 32000}
                """));
    assertThat(ours.path("vision_config").path("image_size").asInt()).isEqualTo(336);
    assertThat(ours.path("vision_config").path("num_hidden_layers").asInt()).isEqualTo(24);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]]",
        "'\"[(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)]\"'"
      })
  void pinpointsTurnFromWidthFirstToHeightFirstInOrder(String pinpoints) {
    ObjectNode theirs =
        json(
            """
            {"model_type": "llava_llama", "mm_vision_tower": "openai/clip-vit-large-patch14-336",
             "mm_projector_type": "mlp2x_gelu", "image_aspect_ratio": "anyres",
             "mm_patch_merge_type": "spatial_unpad", "image_grid_pinpoints": %s}
            """
                .formatted(pinpoints));

    ObjectNode ours = PublishedLayout.LIUHAOTIAN.toOurs(theirs, Set::of);

    assertThat(ours.path("model_type").asText()).isEqualTo("llava_next");
    assertThat(ours.path("image_grid_pinpoints"))
        .hasToString("[[672,336],[336,672],[672,672],[336,1008],[1008,336]]");
  }

  @ParameterizedTest
  @CsvSource({
    "LIUHAOTIAN, llava, llama, clip_vision_model, default",
    "LIUHAOTIAN, llava, llama, clip_vision_model, full",
    "LIUHAOTIAN, llava_next, llama, clip_vision_model, default",
    "LIUHAOTIAN, llava, qwen2, siglip_vision_model, full",
    "LIUHAOTIAN, llava, mistral, clip_vision_model, default",
    "TINYLLAVA, llava, qwen2, siglip_vision_model, default",
    "TINYLLAVA, llava, phi, clip_vision_model, full",
    "HUGGINGFACE, llava_next, llama, clip_vision_model, default"
  })
  void whatIsExportedIsReadAsItWas(
      PublishedLayout layout, String type, String decoder, String tower, String strategy) {
    ObjectNode ours = ours(type, decoder, tower, strategy);

    ObjectNode back = layout.toOurs(layout.fromOurs(ours), Set::of);

    back.remove("image_token_index");
    ours.remove("image_token_index");
    assertThat(back).isEqualTo(ours);
  }

  @ParameterizedTest
  @CsvSource({
    "HUGGINGFACE, llava, phi, clip_vision_model, default, use the layout tinyllava",
    "LIUHAOTIAN, llava, phi, clip_vision_model, default, has no phi",
    "LIUHAOTIAN, llava, qwen2, siglip_vision_model, default, all of SigLIP's rows",
    "TINYLLAVA, llava_next, llama, clip_vision_model, default, no tiles",
    "TINYLLAVA, llava, mistral, clip_vision_model, default, no model of type mistral"
  })
  void whatALayoutCannotHoldIsRefusedWithTheReason(
      PublishedLayout layout,
      String type,
      String decoder,
      String tower,
      String strategy,
      String reason) {
    assertThatThrownBy(() -> layout.fromOurs(ours(type, decoder, tower, strategy)))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "mm_projector_type, linear, only mlp2x_gelu is",
    "mm_vision_tower, example/unheard-of, vision_config",
    "model_type, llava_mpt, model_type llava_mpt is not known"
  })
  void whatIsNotBuiltIsNamed(String field, String value, String reason) {
    ObjectNode theirs =
        json("""
                {"model_type": "llava_llama", "mm_projector_type": "mlp2x_gelu",
                 "mm_vision_tower": "openai/clip-vit-large-patch14-336"}
                """)
            .put(field, value);

    assertThatThrownBy(() -> PublishedLayout.LIUHAOTIAN.toOurs(theirs, Set::of))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining(reason);
  }

  /** As transformers' converter describes a LLaVA with SigLIP; it is exported as it came. */
  @Test
  void aSiglipWithoutItsLastLayerIsDescribedByItsWeights() {
    ObjectNode theirs =
        json(
            """
            {"model_type": "llava_qwen", "mm_vision_tower": "google/siglip-so400m-patch14-384",
             "mm_projector_type": "mlp2x_gelu", "mm_vision_select_layer": -2,
             "hidden_size": 896}
            """);
    String layer =
        "model.vision_tower.vision_tower.vision_model.encoder.layers.%d.layer_norm1.bias";

    ObjectNode cut = PublishedLayout.LIUHAOTIAN.toOurs(theirs, () -> Set.of(layer.formatted(25)));

    assertThat(cut.path("vision_config").path("num_hidden_layers").asInt()).isEqualTo(26);
    assertThat(cut.path("vision_config").path("vision_use_head").asBoolean(true)).isFalse();
    assertThat(cut.path("vision_feature_layer").asInt()).isEqualTo(-1);
    assertThat(cut.path("vision_feature_select_strategy").asText()).isEqualTo("full");
    ObjectNode back = PublishedLayout.LIUHAOTIAN.fromOurs(cut);
    assertThat(back.path("mm_vision_tower")).isEqualTo(theirs.path("mm_vision_tower"));
    assertThat(back.path("mm_vision_select_layer").asInt()).isEqualTo(-2);
    assertThat(back.has("vision_config")).isFalse();

    for (Set<String> whole :
        List.of(Set.<String>of(), Set.of(layer.formatted(25), layer.formatted(26)))) {
      ObjectNode ours = PublishedLayout.LIUHAOTIAN.toOurs(theirs, () -> whole);
      assertThat(ours.path("vision_config").path("num_hidden_layers").asInt()).isEqualTo(27);
      assertThat(ours.path("vision_feature_layer").asInt()).isEqualTo(-2);
    }
  }

  @Test
  void publishedTowersAreNamedWhereTheyAreKnown() {
    ObjectNode ours = ours("llava", "llama", "clip_vision_model", "default");
    ours.set("vision_config", KnownTower.CLIP_L_336.config());

    ObjectNode theirs = PublishedLayout.LIUHAOTIAN.fromOurs(ours);

    assertThat(theirs.path("mm_vision_tower").asText())
        .isEqualTo("openai/clip-vit-large-patch14-336");
    assertThat(theirs.has("vision_config")).isFalse();
  }

  /** TinyLLaVA_Factory looks for a word in them and fails without. */
  @ParameterizedTest
  @CsvSource({
    "llama, clip_vision_model, '', tinyllama, clip",
    "qwen2, siglip_vision_model, my/Qwen2-1.5B-Instruct, qwen2, siglip",
    "phi, siglip_vision_model, checkpoints/mine, phi, siglip"
  })
  void tinyLlavaIsToldWhatItsClassesAreChosenBy(
      String decoder, String tower, String name, String word, String towerWord) {
    ObjectNode ours = ours("llava", decoder, tower, "default");
    ours.withObject("/text_config").put("_name_or_path", name);

    ObjectNode theirs = PublishedLayout.TINYLLAVA.fromOurs(ours);

    String llm = theirs.path("llm_model_name_or_path").asText();
    assertThat(llm.toLowerCase(Locale.ROOT)).contains(word);
    assertThat(llm.equals(name)).isEqualTo(name.contains("Qwen2"));
    assertThat(theirs.path("tokenizer_name_or_path").asText()).isEqualTo(llm);
    assertThat(theirs.path("vision_model_name_or_path").asText()).contains(towerWord);
  }

  private static ObjectNode ours(String type, String decoder, String tower, String strategy) {
    ObjectNode ours =
        json(
            """
            {"architectures": ["%s"], "model_type": "%s", "projector_hidden_act": "gelu",
             "multimodal_projector_bias": true, "image_token_index": 500, "pad_token_id": 1,
             "torch_dtype": "bfloat16",
             "text_config": {"model_type": "%s", "hidden_size": 16, "vocab_size": 99,
                             "tie_word_embeddings": true},
             "vision_config": {"model_type": "%s", "hidden_size": 8},
             "vision_feature_layer": -2, "vision_feature_select_strategy": "%s",
             "tie_word_embeddings": true}
            """
                .formatted(
                    type.equals("llava")
                        ? "LlavaForConditionalGeneration"
                        : "LlavaNextForConditionalGeneration",
                    type,
                    decoder,
                    tower,
                    strategy));
    if (type.equals("llava_next")) {
      ours.putArray("image_grid_pinpoints").addArray().add(32).add(64);
    }
    return ours;
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
