package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code rope_parameters}, in which transformers writes all that concerns rotary positions from its
 * version 5 on, as the fields that it wrote before and still reads.
 */
public final class RotaryParameters {
  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";

  private RotaryParameters() {}

  /**
   * Puts the older fields in the place of the newer. As in transformers 5, a {@code rope_scaling}
   * beside them is taken for all of them.
   *
   * @param config a language model's, or a whole model's, of which the language model's is changed
   * @throws Unsupported if layers differ
   */
  public static void spellOut(ObjectNode config) {
    if (config.path("text_config") instanceof ObjectNode text) {
      spellOut(text);
    }
    if (config.remove(PARAMETERS) instanceof ObjectNode parameters && !config.hasNonNull(SCALING)) {
      spellOut(config, parameters);
    }
  }

  private static void spellOut(ObjectNode config, ObjectNode parameters) {
    for (JsonNode value : parameters) {
      if (value.isObject()) {
        throw new Unsupported(
            "rope_parameters %s differ between layers, which no decoder of ours does"
                .formatted(parameters));
      }
    }
    for (String field : new String[] {"rope_theta", "partial_rotary_factor"}) {
      JsonNode value = parameters.remove(field);
      if (value != null) {
        config.set(field, value);
      }
    }
    String type = parameters.path("rope_type").asText(parameters.path("type").asText("default"));
    if (!type.equals("default")) {
      config.set(SCALING, parameters.put("rope_type", type));
    }
  }
}
