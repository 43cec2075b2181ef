package io.litoperator.worker.model;

/**
 * A vision tower's shape, as in Hugging Face's {@code CLIPVisionConfig} and {@code
 * SiglipVisionConfig}.
 *
 * @param activation {@code quick_gelu}, {@code gelu} or {@code gelu_pytorch_tanh}
 * @param initializerFactor scales CLIP's initial deviations
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
    double initializerFactor) {

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

  /** Whole patches along each side of a view. */
  public int patchesPerSide() {
    return imageSize / patchSize;
  }

  /** Rows of the tower's output for one view. */
  public int positions() {
    return patchesPerSide() * patchesPerSide() + (family == Family.CLIP ? 1 : 0);
  }
}
