package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Ours is theirs. */
final class HuggingFaceConfig implements ConfigDialect {
  @Override
  public ObjectNode toOurs(ObjectNode config) {
    return config.deepCopy();
  }

  @Override
  public ObjectNode fromOurs(ObjectNode config) {
    if (config.path("text_config").path("model_type").asText().equals("phi")) {
      throw new Unsupported(
          "transformers' Llava has no bias in its vocabulary's matrix, as Phi's has, and would drop"
              + " it and compute other logits; use the layout tinyllava");
    }
    return config.deepCopy();
  }
}
