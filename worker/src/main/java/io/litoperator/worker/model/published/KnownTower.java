package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Vision towers that LLaVA's configurations name instead of describing them. */
enum KnownTower {
  CLIP_L_336("openai/clip-vit-large-patch14-336", clip(336)),
  CLIP_L_224("openai/clip-vit-large-patch14", clip(224)),
  SIGLIP_SO400M_384("google/siglip-so400m-patch14-384", siglip());

  private static final List<String> SHAPE =
      List.of(
          "model_type",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "image_size",
          "patch_size");

  private final String published;
  private final ObjectNode config;

  KnownTower(String published, ObjectNode config) {
    this.published = published;
    this.config = config;
  }

  private static ObjectNode clip(int side) {
    return shape("clip_vision_model", 1024, 4096, 24, side)
        .put("hidden_act", "quick_gelu")
        .put("layer_norm_eps", 1e-5)
        .put("projection_dim", 768);
  }

  private static ObjectNode siglip() {
    return shape("siglip_vision_model", 1152, 4304, 27, 384);
  }

  private static ObjectNode shape(String type, int hidden, int inner, int layers, int side) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model_type", type)
        .put("hidden_size", hidden)
        .put("intermediate_size", inner)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", 16)
        .put("image_size", side)
        .put("patch_size", 14);
  }

  /** By its name on the hub, or the last part of a path to a copy of it. */
  static Optional<KnownTower> named(String name) {
    String last = lastPart(name);
    return Arrays.stream(values()).filter(t -> lastPart(t.published).equals(last)).findFirst();
  }

  /** By the shape that a {@code vision_config} spells out. */
  static Optional<KnownTower> of(JsonNode visionConfig) {
    return Arrays.stream(values())
        .filter(t -> SHAPE.stream().allMatch(f -> t.config.get(f).equals(visionConfig.path(f))))
        .findFirst();
  }

  /**
   * What is left of a SigLIP when LLaVA's code has cut off its last layer and its head, as
   * transformers' converter describes it. Its last layer's output is what the connector sees.
   */
  static ObjectNode cut(ObjectNode vision) {
    return vision
        .deepCopy()
        .put("num_hidden_layers", vision.path("num_hidden_layers").asInt() - 1)
        .put("vision_use_head", false);
  }

  /** Of which one a {@code vision_config} is what {@link #cut} leaves. */
  static Optional<KnownTower> ofCut(JsonNode visionConfig) {
    return Arrays.stream(values())
        .filter(KnownTower::isSiglip)
        .filter(t -> !visionConfig.path("vision_use_head").asBoolean(true))
        .filter(
            t -> SHAPE.stream().allMatch(f -> cut(t.config).get(f).equals(visionConfig.path(f))))
        .findFirst();
  }

  private boolean isSiglip() {
    return this == SIGLIP_SO400M_384;
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  String published() {
    return published;
  }

  /** As its {@code vision_config}. */
  ObjectNode config() {
    return config.deepCopy();
  }
}
