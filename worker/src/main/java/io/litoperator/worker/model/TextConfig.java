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
    double initializerRange) {}
