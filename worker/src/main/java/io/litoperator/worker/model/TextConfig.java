package io.litoperator.worker.model;

/**
 * A decoder's shape, as in Hugging Face's configurations.
 *
 * @param keyValueHeads divides {@code heads}
 * @param normEpsilon of the norms' denominators
 * @param maxPositions longest sequence
 * @param tiedEmbeddings whether the vocabulary's logits use the embedding table
 */
public record TextConfig(
    DecoderFamily family,
    int vocabularySize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    double normEpsilon,
    RotaryFrequencies rotary,
    int maxPositions,
    boolean tiedEmbeddings,
    double initializerRange) {
  TextConfig withLayers(int other) {
    return new TextConfig(
        family,
        vocabularySize,
        hiddenSize,
        intermediateSize,
        other,
        heads,
        keyValueHeads,
        headSize,
        normEpsilon,
        rotary,
        maxPositions,
        tiedEmbeddings,
        initializerRange);
  }

  /** Of any family that is built. */
  static TextConfig read(ConfigReader config) {
    String type = config.text("model_type", "llama");
    return DecoderFamily.of(type)
        .orElseThrow(
            () ->
                config.unsupported(
                    "model_type", type, "decoders that are built: " + DecoderFamily.names()))
        .read(config);
  }
}
