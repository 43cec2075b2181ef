package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.Tensor;
import java.util.List;

/**
 * Continues prompts by the likeliest token, again and again: all prompts' rows pass the layers once
 * and fill the cache (prefill), then each new token's row does (decode).
 */
final class GreedySearch {
  /** Of keys and values, that a batch may take. */
  static final long CACHE_BYTES = 2L << 30;

  private final VisionLanguageModel model;
  private final ModelConfig config;
  private final InferenceWeights weights;
  private final ImageEncoder images;
  private final Runnable alive;

  /**
   * @param alive of {@link Inference}
   */
  GreedySearch(
      VisionLanguageModel model, InferenceWeights weights, ImageEncoder images, Runnable alive) {
    this.model = model;
    this.weights = weights;
    this.images = images;
    this.alive = alive;
    config = model.config();
  }

  /** As of {@link Inference#batch}. */
  int batch(List<Sample> prompts, int newTokens) {
    long elements = cachedElements(config.text());
    long most = CACHE_BYTES / model.parameters().type().bytes();
    long longest = 0;
    for (int i = 0; i < prompts.size(); i++) {
      longest = Math.max(longest, length(prompts.get(i)) + newTokens);
      if (i > 0 && (i + 1) * longest * elements > most) {
        return i;
      }
    }
    return prompts.size();
  }

  /** Of keys and values, for one row. */
  static long cachedElements(TextConfig text) {
    return 2L * text.layers() * text.keyValueHeads() * text.headSize();
  }

  /** Rows of a prompt. */
  private long length(Sample prompt) {
    return Packed.expandedLength(prompt, config::imageTokens);
  }

  List<int[]> run(List<Sample> prompts, Inference.Limits limits) {
    long[] lengths = prompts.stream().mapToLong(this::length).toArray();
    try (KeyValueCache cache =
        new KeyValueCache(config.text(), model.parameters().type(), lengths, limits.newTokens())) {
      Tensor last = prefill(prompts, lengths, cache);
      return decode(last, new Continuations(lengths, limits), limits.barred(), cache);
    }
  }

  /** Last rows (sequences, hidden) of the prompts. */
  private Tensor prefill(List<Sample> prompts, long[] lengths, KeyValueCache cache) {
    Tensor last =
        Tensor.empty(model.parameters().type(), prompts.size(), config.text().hiddenSize());
    try (Tensor features = images.encode(prompts)) {
      long seen = 0;
      for (Chunk chunk : Chunk.of(lengths)) {
        int from = chunk.from();
        int to = chunk.to();
        Packed packed = Packed.of(prompts.subList(from, to), config::imageTokens);
        long before = seen;
        seen += packed.imageRows().length;
        try (Tensor pictures = features.slice(before, seen);
            KeyValueCache part = cache.part(from, to);
            Tensor ends = prefill(packed, pictures, part);
            Tensor place = last.slice(from, to)) {
          place.copyFrom(ends);
        }
        alive.run();
      }
    }
    return last;
  }

  private Tensor prefill(Packed packed, Tensor features, KeyValueCache cache) {
    List<Block> layers = model.layout().decoderLayers();
    int last = layers.size() - 1;
    Tensor x = model.embedding().merge(packed, features, weights.table());
    try (Decoder.Bound decoder = model.decoder().bind(packed)) {
      for (int i = 0; i < last; i++) {
        try (Tensor before = x) {
          x = decoder.prefill(i, before, weights.of(layers.get(i)), cache);
        }
      }
      try (Tensor before = x) {
        return decoder.prefillLast(last, before, weights.of(layers.get(last)), cache);
      }
    }
  }

  private List<int[]> decode(Tensor last, Continuations made, long[] barred, KeyValueCache cache) {
    Tensor x = last;
    while (true) {
      try (Tensor rows = x) {
        made.add(model.head().greedy(rows, weights.head(), barred));
      }
      alive.run();
      if (made.finished()) {
        return made.all();
      }
      made.withoutEnded().ifPresent(cache::keep);
      Tensor words = model.embedding().rows(made.newest(), weights.table());
      x = model.decoder().decode(words, made.places(), weights.decoder(), cache);
    }
  }
}
