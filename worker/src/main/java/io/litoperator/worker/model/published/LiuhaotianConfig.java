package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * LLaVA's and LLaVA-NeXT's configuration: the language model's, with fields {@code mm_*} beside.
 * The tower is named, not described; one that is none of the published is described by a {@code
 * vision_config} of ours, which LLaVA's code passes over.
 */
final class LiuhaotianConfig implements ConfigDialect {
  private static final Map<String, String> DECODER_OF =
      Map.of(
          "llava", "llama",
          "llava_llama", "llama",
          "llava_mistral", "mistral",
          "llava_qwen", "qwen2");
  private static final Map<String, String> CLASS_OF =
      Map.of(
          "llama", "LlavaLlamaForCausalLM",
          "mistral", "LlavaMistralForCausalLM",
          "qwen2", "LlavaQwenForCausalLM");
  private static final Set<String> OF_THE_WHOLE =
      Set.of(
          "architectures",
          "freeze_mm_vision_resampler",
          "pad_token_id",
          "tokenizer_model_max_length",
          "tokenizer_padding_side",
          "torch_dtype",
          "unfreeze_mm_vision_tower",
          "use_mm_proj",
          "vision_config");
  private static final Pattern PAIR = Pattern.compile("\\(\\s*(\\d+)\\s*,\\s*(\\d+)\\s*\\)");

  @Override
  public ObjectNode toOurs(ObjectNode config, Supplier<Set<String>> tensors) {
    require(config, "mm_projector_type", "linear", "mlp2x_gelu");
    ObjectNode vision = tower(config);
    ObjectNode ours = Fields.llava(config);
    ours.set("text_config", text(config));
    ours.set("vision_config", vision);
    ours.put("image_token_index", -200);
    ours.put("vision_feature_layer", config.path("mm_vision_select_layer").asInt(-2));
    ours.put(
        "vision_feature_select_strategy",
        isSiglip(vision)
            ? "full"
            : Fields.strategy(config.path("mm_vision_select_feature").asText("patch")));
    if (isSiglip(vision)
        && !config.path("vision_config").isObject()
        && isCut(vision, tensors.get())) {
      ours.set("vision_config", KnownTower.cut(vision));
      ours.put("vision_feature_layer", -1);
    }
    ours.set("tie_word_embeddings", Fields.tied(config));
    if (config.path("image_aspect_ratio").asText("").equals("anyres")) {
      require(config, "mm_patch_merge_type", "flat", "spatial_unpad");
      ours.putArray("architectures").add("LlavaNextForConditionalGeneration");
      ours.put("model_type", "llava_next");
      ours.set("image_grid_pinpoints", flipped(pinpoints(config.path("image_grid_pinpoints"))));
    }
    return ours;
  }

  private static void require(ObjectNode config, String field, String ifAbsent, String only) {
    String value = config.path(field).asText(ifAbsent);
    if (!value.equals(only)) {
      throw new Unsupported("%s %s is not built; only %s is".formatted(field, value, only));
    }
  }

  private static ObjectNode text(ObjectNode config) {
    String type = config.path("model_type").asText();
    if (!DECODER_OF.containsKey(type)) {
      throw new Unsupported(
          "model_type %s is not known; known are %s"
              .formatted(type, String.join(", ", DECODER_OF.keySet().stream().sorted().toList())));
    }
    ObjectNode text = config.deepCopy();
    for (Iterator<String> fields = text.fieldNames(); fields.hasNext(); ) {
      if (isLlavas(fields.next())) {
        fields.remove();
      }
    }
    return text.put("model_type", DECODER_OF.get(type));
  }

  private static boolean isLlavas(String field) {
    return field.startsWith("mm_")
        || field.startsWith("image_")
        || field.startsWith("tune_mm_")
        || field.contains("mm_mlp_adapter")
        || OF_THE_WHOLE.contains(field);
  }

  private static ObjectNode tower(ObjectNode config) {
    if (config.path("vision_config").isObject()) {
      return (ObjectNode) config.get("vision_config").deepCopy();
    }
    String name = config.path("mm_vision_tower").asText();
    return KnownTower.named(name)
        .map(KnownTower::config)
        .orElseThrow(
            () ->
                new Unsupported(
                    ("mm_vision_tower %s is not a known tower; put that tower's configuration"
                            + " into the file as vision_config")
                        .formatted(name)));
  }

  /** LLaVA-NeXT's code cuts the last layer and the head off SigLIP, and saves what is left. */
  private static boolean isCut(ObjectNode vision, Set<String> tensors) {
    int last = vision.path("num_hidden_layers").asInt() - 1;
    return tensors.stream().anyMatch(isOfLayer(last - 1))
        && tensors.stream().noneMatch(isOfLayer(last));
  }

  private static Predicate<String> isOfLayer(int layer) {
    return name -> name.contains(".vision_model.encoder.layers." + layer + ".");
  }

  private static boolean isSiglip(JsonNode vision) {
    return vision.path("model_type").asText().startsWith("siglip");
  }

  /** Written as pairs, or as a Python list of pairs in a string. */
  private static ArrayNode pinpoints(JsonNode field) {
    ArrayNode pairs = JsonNodeFactory.instance.arrayNode();
    if (field.isTextual()) {
      for (MatchResult pair : PAIR.matcher(field.textValue()).results().toList()) {
        pairs.addArray().add(Integer.parseInt(pair.group(1))).add(Integer.parseInt(pair.group(2)));
      }
    } else {
      field.forEach(pairs::add);
    }
    boolean valid = !pairs.isEmpty();
    for (JsonNode pair : pairs) {
      valid &= pair.size() == 2 && pair.path(0).isInt() && pair.path(1).isInt();
    }
    if (!valid) {
      throw new Unsupported(
          "image_grid_pinpoints %s is not a list of pairs of pixels".formatted(field));
    }
    return pairs;
  }

  /** LLaVA writes width first, transformers height; in both the first of equals wins. */
  private static ArrayNode flipped(JsonNode pinpoints) {
    ArrayNode flipped = JsonNodeFactory.instance.arrayNode();
    pinpoints.forEach(pair -> flipped.addArray().add(pair.get(1)).add(pair.get(0)));
    return flipped;
  }

  @Override
  public ObjectNode fromOurs(ObjectNode config) {
    JsonNode text = config.path("text_config");
    String decoder = text.path("model_type").asText("llama");
    if (!CLASS_OF.containsKey(decoder)) {
      throw new Unsupported("LLaVA's code has no %s; use another layout".formatted(decoder));
    }
    JsonNode vision = config.path("vision_config");
    boolean full = config.path("vision_feature_select_strategy").asText("").equals("full");
    if (isSiglip(vision) && !full) {
      throw new Unsupported(
          "LLaVA's code gives the connector all of SigLIP's rows, and this model was trained"
              + " without the first; use the layout tinyllava or huggingface");
    }
    ObjectNode theirs = config.objectNode();
    theirs.setAll((ObjectNode) text.deepCopy());
    theirs.putArray("architectures").add(CLASS_OF.get(decoder));
    theirs.put("model_type", "llava_" + (decoder.equals("qwen2") ? "qwen" : decoder));
    theirs.set("tie_word_embeddings", Fields.tied(config));
    int layer = config.path("vision_feature_layer").asInt(-2);
    boolean cut = layer == -1 && KnownTower.ofCut(vision).isPresent();
    theirs.put(
        "mm_vision_tower", cut ? KnownTower.ofCut(vision).get().published() : nameOf(vision));
    theirs.set("mm_hidden_size", vision.path("hidden_size"));
    theirs.put("mm_projector_type", "mlp2x_gelu");
    theirs.put("mm_vision_select_layer", cut ? -2 : layer);
    theirs.put("mm_vision_select_feature", full ? "cls_patch" : "patch");
    theirs.put("mm_use_im_start_end", false);
    theirs.put("mm_use_im_patch_token", false);
    theirs.put("use_mm_proj", true);
    theirs.put("unfreeze_mm_vision_tower", true); // so that LLaVA's loader takes it from here
    theirs.put("tokenizer_padding_side", "right");
    if (config.path("model_type").asText().equals("llava_next")) {
      theirs.put("image_aspect_ratio", "anyres");
      theirs.put("mm_patch_merge_type", "spatial_unpad");
      theirs.set("image_grid_pinpoints", flipped(config.path("image_grid_pinpoints")));
    }
    if (!cut && KnownTower.of(vision).isEmpty()) {
      theirs.set("vision_config", vision.deepCopy());
    }
    Fields.copy(config, theirs, "pad_token_id", "torch_dtype");
    return theirs;
  }

  private static String nameOf(JsonNode vision) {
    return KnownTower.of(vision)
        .map(KnownTower::published)
        .orElseGet(
            () ->
                vision.path("_name_or_path").asText("").isEmpty()
                    ? "vision_tower"
                    : vision.path("_name_or_path").asText());
  }
}
