package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the families' configurations share. */
final class Fields {
  private Fields() {}

  /** Llava's configuration with what follows from none of theirs. */
  static ObjectNode llava(ObjectNode theirs) {
    ObjectNode ours = theirs.objectNode();
    ours.putArray("architectures").add("LlavaForConditionalGeneration");
    ours.put("model_type", "llava");
    ours.put("projector_hidden_act", "gelu");
    ours.put("multimodal_projector_bias", true);
    copy(theirs, ours, "pad_token_id", "torch_dtype");
    return ours;
  }

  /**
   * Where none is described, {@code LlavaConfig} and {@code TinyLlavaConfig} mean CLIP-L/14 at 336.
   */
  static void fillTower(ObjectNode ours) {
    if (!ours.hasNonNull("vision_config")) {
      ours.set("vision_config", KnownTower.CLIP_L_336.config());
    }
  }

  static void copy(ObjectNode from, ObjectNode to, String... fields) {
    for (String field : fields) {
      if (from.hasNonNull(field)) {
        to.set(field, from.get(field).deepCopy());
      }
    }
  }

  static JsonNode tied(JsonNode textConfig) {
    return BooleanNode.valueOf(textConfig.path("tie_word_embeddings").asBoolean(false));
  }

  /** Hugging Face's word for which of the tower's rows are used. */
  static String strategy(String feature) {
    return switch (feature) {
      case "patch" -> "default";
      case "cls_patch" -> "full";
      default -> throw new Unsupported("the tower's rows %s are not known".formatted(feature));
    };
  }

  /** LLaVA's and TinyLLaVA's word. */
  static String feature(String strategy) {
    return strategy.equals("default") ? "patch" : "cls_patch";
  }
}
