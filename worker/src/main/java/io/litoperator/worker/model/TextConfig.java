package io.litoperator.worker.model;

/**
 * A decoder's shape, as in Hugging Face's {@code LlamaConfig} and {@code Qwen2Config}.
 *
 * @param keyValueHeads divides {@code heads}
 * @param tiedEmbeddings whether the vocabulary's logits use the embedding table
 */
public record TextConfig(
    Family family,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    double rmsNormEpsilon,
    double ropeTheta,
    int maxPositions,
    boolean tiedEmbeddings,
    double initializerRange) {

  /** Decoders that can be built. */
  public enum Family {
    LLAMA("llama", false),
    QWEN2("qwen2", true);

    private final String modelType;
    private final boolean qkvBias;

    Family(String modelType, boolean qkvBias) {
      this.modelType = modelType;
      this.qkvBias = qkvBias;
    }

    /** As in {@code config.json}. */
    public String modelType() {
      return modelType;
    }

    /** Whether queries, keys and values have biases. */
    boolean qkvBias() {
      return qkvBias;
    }
  }
}
