package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.Set;

/** A model that answers: greedy continuations and likelihoods, without gradients. */
public final class Inference implements AutoCloseable {
  /** That are worth being read at once: batches are taken from so many. */
  public static final int QUESTIONS = 64;

  private final VisionLanguageModel model;
  private final InferenceWeights weights;
  private final ImageEncoder images;
  private final GreedySearch search;
  private final Runnable alive;

  /** The model's weights must not change while this is open. */
  public Inference(VisionLanguageModel model) {
    this(model, () -> {});
  }

  /**
   * As above.
   *
   * @param alive told of each token of a batch, and of what passes the layers at a time
   */
  public Inference(VisionLanguageModel model, Runnable alive) {
    this.model = model;
    this.alive = alive;
    weights = new InferenceWeights(model);
    images = new ImageEncoder(model, weights);
    search = new GreedySearch(model, weights, images, alive);
  }

  /**
   * When a continuation ends.
   *
   * @param newTokens most tokens of a continuation, at least 1
   * @param stops ids that end a sequence; they are not part of the result
   * @param barStops whether stops are kept from coming, so that all continuations are of full
   *     length
   */
  public record Limits(int newTokens, Set<Integer> stops, boolean barStops) {
    public Limits {
      stops = Set.copyOf(stops);
    }

    /** Ids that must not come. */
    long[] barred() {
      return barStops ? stops.stream().mapToLong(i -> i).toArray() : new long[0];
    }
  }

  /**
   * How many of some prompts, from the first, are best continued at once: at least one, and no more
   * than their keys and values have room for.
   */
  public int batch(List<Sample> prompts, int newTokens) {
    return search.batch(prompts, newTokens);
  }

  /**
   * Continues each prompt greedily.
   *
   * @param prompts tokens and pictures; their fates are not looked at
   * @return the new tokens of each
   */
  public List<int[]> generate(List<Sample> prompts, Limits limits) {
    return search.run(prompts, limits);
  }

  /**
   * Log-likelihood of each sample's supervised tokens, summed, given all that stands before them.
   *
   * @return one number a sample, at most 0
   */
  public double[] logLikelihood(List<Sample> samples) {
    float[] losses = tokenLosses(samples);
    double[] sums = new double[samples.size()];
    int at = 0;
    for (int i = 0; i < sums.length; i++) {
      for (int end = at + samples.get(i).supervisedTokens(); at < end; at++) {
        sums[i] -= losses[at];
      }
    }
    return sums;
  }

  /**
   * Loss of each supervised token, given all that stands before it.
   *
   * @return in the order of the samples and their tokens
   */
  public float[] tokenLosses(List<Sample> samples) {
    long[] rows =
        samples.stream()
            .mapToLong(sample -> Packed.expandedLength(sample, model.config()::imageTokens))
            .toArray();
    float[] losses = new float[samples.stream().mapToInt(Sample::supervisedTokens).sum()];
    int at = 0;
    for (Chunk chunk : Chunk.of(rows)) {
      at = tokenLosses(samples.subList(chunk.from(), chunk.to()), losses, at);
      alive.run();
    }
    return losses;
  }

  /** Puts the losses of samples that pass the layers together from a place on; tells their end. */
  private int tokenLosses(List<Sample> samples, float[] losses, int at) {
    Targets targets = Targets.of(samples, model.config()::imageTokens);
    if (targets.count() == 0) {
      return at;
    }
    Packed packed = Packed.of(samples, model.config()::imageTokens);
    try (Tensor x = hidden(samples, packed)) {
      for (int start = 0; start < targets.count(); start += model.head().rowsAtOnce()) {
        int end = Math.min(targets.count(), start + model.head().rowsAtOnce());
        float[] values = losses(x, targets.part(start, end));
        System.arraycopy(values, 0, losses, at + start, values.length);
      }
    }
    return at + targets.count();
  }

  private float[] losses(Tensor x, Targets targets) {
    try (Tensor rows = Tensor.of(targets.rows());
        Tensor ids = Tensor.of(targets.ids());
        Tensor selected = model.head().select(x, rows);
        Tensor losses = model.head().losses(selected, ids, weights.head())) {
      return losses.toFloats();
    }
  }

  /** Last layer's rows (rows, hidden) of packed samples, before the final norm. */
  Tensor hidden(List<Sample> samples, Packed packed) {
    Tensor x = embed(samples, packed);
    try (Decoder.Bound decoder = model.decoder().bind(packed)) {
      for (Segment layer : decoder.segments()) {
        try (Tensor before = x) {
          x = layer.forward(before, weights.of(layer.block()));
        }
      }
    }
    return x;
  }

  private Tensor embed(List<Sample> samples, Packed packed) {
    try (Tensor features = images.encode(samples)) {
      return model.embedding().merge(packed, features, weights.table());
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
