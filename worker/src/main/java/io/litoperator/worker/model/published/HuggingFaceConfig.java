package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.function.Supplier;

/** Ours is theirs, with the defaults of the whole model's class written out. */
final class HuggingFaceConfig implements ConfigDialect {
  /** {@code LlavaNextConfig}'s, height first. */
  private static final int[][] PINPOINTS = {
    {336, 672}, {672, 336}, {672, 672}, {1008, 336}, {336, 1008}
  };

  @Override
  public ObjectNode toOurs(ObjectNode config, Supplier<Set<String>> tensors) {
    ObjectNode ours = config.deepCopy();
    Fields.fillTower(ours);
    boolean tiles = ours.path("model_type").asText().equals("llava_next");
    if (tiles && !ours.hasNonNull("image_grid_pinpoints")) {
      ours.set("image_grid_pinpoints", pinpoints());
    }
    return ours;
  }

  private static ArrayNode pinpoints() {
    ArrayNode pairs = JsonNodeFactory.instance.arrayNode();
    for (int[] size : PINPOINTS) {
      pairs.addArray().add(size[0]).add(size[1]);
    }
    return pairs;
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
