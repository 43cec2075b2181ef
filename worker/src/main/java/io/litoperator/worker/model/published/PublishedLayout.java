package io.litoperator.worker.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A kind of model folder that people have and tools load. Its {@code config.json} is turned into
 * llava-hf's, which is ours, and back.
 */
public enum PublishedLayout {
  /** llava-hf's, for transformers and vLLM. */
  HUGGINGFACE(TensorNames.HUGGINGFACE, new HuggingFaceConfig()),
  /** Of LLaVA and LLaVA-NeXT. */
  LIUHAOTIAN(TensorNames.LIUHAOTIAN, new LiuhaotianConfig()),
  /** Of TinyLLaVA_Factory. */
  TINYLLAVA(TensorNames.TINYLLAVA, new TinyLlavaConfig());

  private final TensorNames names;
  private final ConfigDialect dialect;

  PublishedLayout(TensorNames names, ConfigDialect dialect) {
    this.names = names;
    this.dialect = dialect;
  }

  /** The kind of a whole model's folder. */
  public static PublishedLayout of(JsonNode config) {
    String type = config.path("model_type").asText("");
    if (type.equals("tinyllava")) {
      return TINYLLAVA;
    }
    return config.has("mm_vision_tower") ? LIUHAOTIAN : HUGGINGFACE;
  }

  /** How models are written; reading takes any names. */
  public TensorNames names() {
    return names;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * A configuration of this kind as llava-hf's.
   *
   * @param tensors names of the weights beside it, none if there are none; asked for only where the
   *     configuration does not tell all
   * @throws Unsupported if it describes what ours cannot
   */
  public ObjectNode toOurs(ObjectNode config, Supplier<Set<String>> tensors) {
    return dialect.toOurs(config, tensors);
  }

  /**
   * A configuration of ours as this kind's.
   *
   * @throws Unsupported if its tools cannot load the model, or would compute something else
   */
  public ObjectNode fromOurs(ObjectNode config) {
    return dialect.fromOurs(config);
  }
}
