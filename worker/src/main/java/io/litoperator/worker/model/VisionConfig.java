package io.litoperator.worker.model;

import java.util.Arrays;
import java.util.List;

/**
 * A vision tower's shape, as in Hugging Face's {@code CLIPVisionConfig} and {@code
 * SiglipVisionConfig}.
 *
 * @param activation {@code quick_gelu}, {@code gelu} or {@code gelu_pytorch_tanh}
 * @param initializerFactor scales CLIP's initial deviations
 * @param poolingHead whether SigLIP's head is there, which no image token passes
 */
public record VisionConfig(
    Family family,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int imageSize,
    int patchSize,
    String activation,
    double layerNormEpsilon,
    double initializerRange,
    double initializerFactor,
    boolean poolingHead) {

  /** Towers that can be built. */
  public enum Family {
    /** With a class token before the patches. */
    CLIP("clip_vision_model"),
    SIGLIP("siglip_vision_model");

    private final String modelType;

    Family(String modelType) {
      this.modelType = modelType;
    }

    /** As in {@code config.json}. */
    public String modelType() {
      return modelType;
    }
  }

  static VisionConfig read(ConfigReader config) {
    String type = config.text("model_type", "clip_vision_model");
    Family family =
        Arrays.stream(Family.values())
            .filter(f -> f.modelType().equals(type))
            .findFirst()
            .orElseThrow(
                () ->
                    config.unsupported(
                        "model_type", type, "towers that are built: CLIP and SigLIP"));
    boolean clip = family == Family.CLIP;
    if (config.positive("num_channels", 3) != 3) {
      throw config.invalid("num_channels must be 3");
    }
    int hidden = config.positive("hidden_size", 768);
    int heads = config.positive("num_attention_heads", 12);
    if (hidden % heads != 0) {
      throw config.invalid("hidden_size must be a multiple of num_attention_heads");
    }
    return new VisionConfig(
        family,
        hidden,
        config.positive("intermediate_size", 3072),
        config.positive("num_hidden_layers", 12),
        heads,
        config.positive("image_size", 224),
        config.positive("patch_size", clip ? 32 : 16),
        config.oneOf(
            "hidden_act",
            clip ? "quick_gelu" : "gelu_pytorch_tanh",
            List.of("quick_gelu", "gelu", "gelu_pytorch_tanh")),
        config.number("layer_norm_eps", clip ? 1e-5 : 1e-6),
        config.number("initializer_range", 0.02),
        config.number("initializer_factor", 1),
        !clip && config.flag("vision_use_head", true));
  }

  /** Whole patches along each side of a view. */
  public int patchesPerSide() {
    return imageSize / patchSize;
  }

  /** Rows of the tower's output for one view. */
  public int positions() {
    return patchesPerSide() * patchesPerSide() + (family == Family.CLIP ? 1 : 0);
  }
}
