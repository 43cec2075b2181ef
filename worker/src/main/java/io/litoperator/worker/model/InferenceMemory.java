package io.litoperator.worker.model;

import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.torch.DType;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bytes that {@link Inference} takes beside a model at its peak, by the model's configuration.
 *
 * @param weights copies in another order
 * @param cache keys and values
 * @param pictures of the questions that are read at once, and of the batch that is answered
 * @param activations what a chunk of rows takes in a layer, or the vocabulary's logits
 */
public record InferenceMemory(long weights, long cache, long pictures, long activations) {

  /**
   * Questions that are alike.
   *
   * @param count read at once, answered in batches of as many as the cache has room for
   * @param rows of a prompt, its pictures' among them
   * @param views of a prompt's pictures
   * @param newTokens most tokens of an answer
   */
  public record Questions(int count, int rows, int views, int newTokens) {}

  /** On a CPU for which libtorch packs weights, or on a GPU. */
  public static InferenceMemory of(
      ModelConfig config, Precision precision, Device device, Questions questions) {
    DType type = Parameters.typeOf(precision);
    boolean cuda = device == Device.CUDA;
    long batch = batch(config.text(), type, questions);
    long features = batch * questions.views() * config.imageTokens() * config.text().hiddenSize();
    long picture = 3L * config.vision().imageSize() * config.vision().imageSize();
    long pixels = questions.views() * picture * DType.FLOAT32.bytes();
    return new InferenceMemory(
        cuda ? 0 : packed(config, type),
        batch * cached(config.text(), type, questions),
        (questions.count() + batch) * pixels + features * type.bytes(),
        type.bytes() * atWork(config, Chunk.most(cuda), batch, questions));
  }

  public long total() {
    return weights + cache + pictures + activations;
  }

  /** As {@link GreedySearch#batch}. */
  private static long batch(TextConfig text, DType type, Questions questions) {
    long most = GreedySearch.CACHE_BYTES / cached(text, type, questions);
    return Math.max(1, Math.min(questions.count(), most));
  }

  /** Of one question's keys and values. */
  private static long cached(TextConfig text, DType type, Questions questions) {
    long places = KeyValueCache.rounded(questions.rows() + questions.newTokens());
    return places * GreedySearch.cachedElements(text) * type.bytes();
  }

  private static long packed(ModelConfig config, DType type) {
    Layout layout = Layout.of(config);
    long elements = layout.blocks().stream().mapToLong(Block::size).sum();
    if (!InferenceWeights.packs(type, elements)) {
      return 0;
    }
    Stream<Block> blocks =
        config.text().tiedEmbeddings()
            ? Stream.concat(InferenceWeights.packed(layout), Stream.of(layout.embedding()))
            : InferenceWeights.packed(layout);
    return type.bytes()
        * blocks
            .map(Block::weights)
            .flatMap(List::stream)
            .filter(Weight::isMatrix)
            .mapToLong(Weight::size)
            .sum();
  }

  /** Elements. */
  private static long atWork(ModelConfig config, long chunk, long batch, Questions questions) {
    TextConfig text = config.text();
    VisionConfig vision = config.vision();
    long rows = atOnce(chunk, questions.rows(), batch);
    long seen = atOnce(chunk, vision.positions(), batch * questions.views());
    return Stream.of(
            rows * (3L * text.intermediateSize() + 4L * text.hiddenSize()),
            seen * (2L * vision.intermediateSize() + 6L * vision.hiddenSize()),
            2 * batch * text.vocabularySize())
        .max(Long::compare)
        .orElseThrow();
  }

  /** Rows of some items that pass the layers together. */
  private static long atOnce(long chunk, long rows, long items) {
    return rows * Math.max(1, Math.min(items, chunk / Math.max(1, rows)));
  }
}
