package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * TinyLLaVA_Factory's {@code TinyLlavaConfig}. It has no token for a picture: -200 stands for one
 * where text was split.
 */
final class TinyLlavaConfig implements ConfigDialect {
  private static final int NO_TOKEN = -200;

  /**
   * Its code chooses classes by a word in the names of the models that one was made of, and loads
   * their configurations before it reads ours. These stand for all of their kind.
   */
  private static final Map<String, Named> NAMED =
      Map.of(
          "llama", new Named("tinyllama", "TinyLlama/TinyLlama-1.1B-Chat-v1.0"),
          "qwen2", new Named("qwen2", "Qwen/Qwen2-0.5B"),
          "phi", new Named("phi", "microsoft/phi-2"),
          "clip_vision_model", new Named("clip", "openai/clip-vit-large-patch14-336"),
          "siglip_vision_model", new Named("siglip", "google/siglip-so400m-patch14-384"));

  /**
   * @param word that its code looks for
   * @param published on the hub
   */
  private record Named(String word, String published) {}

  @Override
  public ObjectNode toOurs(ObjectNode config, Supplier<Set<String>> tensors) {
    String connector = config.path("connector_type").asText("mlp2x_gelu");
    if (!connector.equals("mlp2x_gelu")) {
      throw new Unsupported(
          "connector_type %s is not built; only mlp2x_gelu is".formatted(connector));
    }
    ObjectNode ours = Fields.llava(config);
    Fields.copy(config, ours, "text_config", "vision_config");
    Fields.fillTower(ours);
    ours.put("image_token_index", NO_TOKEN);
    ours.put("vision_feature_layer", config.path("vision_feature_layer").asInt(-2));
    ours.put(
        "vision_feature_select_strategy",
        Fields.strategy(config.path("vision_feature_select_strategy").asText("patch")));
    ours.set("tie_word_embeddings", Fields.tied(config.path("text_config")));
    return ours;
  }

  @Override
  public ObjectNode fromOurs(ObjectNode config) {
    if (!config.path("model_type").asText().equals("llava")) {
      throw new Unsupported("TinyLLaVA has no tiles (anyres); use the layout huggingface");
    }
    JsonNode text = config.path("text_config");
    JsonNode vision = config.path("vision_config");
    ObjectNode theirs = config.objectNode();
    theirs.putArray("architectures").add("TinyLlavaForConditionalGeneration");
    theirs.put("model_type", "tinyllava");
    theirs.put("connector_type", "mlp2x_gelu");
    theirs.set("hidden_size", text.path("hidden_size"));
    theirs.set("vocab_size", text.path("vocab_size"));
    theirs.set("vision_hidden_size", vision.path("hidden_size"));
    theirs.put("ignore_index", -100);
    theirs.put("image_token_index", NO_TOKEN);
    theirs.put("tokenizer_padding_side", "right");
    theirs.set("vision_feature_layer", config.path("vision_feature_layer"));
    theirs.put(
        "vision_feature_select_strategy",
        Fields.feature(config.path("vision_feature_select_strategy").asText("default")));
    Fields.copy(config, theirs, "text_config", "vision_config", "pad_token_id", "torch_dtype");
    theirs.put("llm_model_name_or_path", name(text));
    theirs.put("tokenizer_name_or_path", name(text));
    theirs.put(
        "vision_model_name_or_path",
        KnownTower.of(vision).map(KnownTower::published).orElseGet(() -> name(vision)));
    return theirs;
  }

  /** What the part was made of, if that is written there, or another of its kind. */
  private static String name(JsonNode part) {
    String type = part.path("model_type").asText();
    Named named = NAMED.get(type);
    if (named == null) {
      throw new Unsupported(
          "TinyLLaVA's code has no model of type %s; use the layout huggingface".formatted(type));
    }
    String own = part.path("_name_or_path").asText();
    return own.toLowerCase(Locale.ROOT).contains(named.word()) ? own : named.published();
  }
}
