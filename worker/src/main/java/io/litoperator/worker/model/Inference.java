package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Packing;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A model that answers: greedy continuations and likelihoods, without gradients. */
public final class Inference implements AutoCloseable {
  /** Of keys and values, that a batch may take. */
  private static final long CACHE_BYTES = 2L << 30;

  /** Of a model whose matrices are copied for faster products. */
  private static final long PACKED_BYTES = 4L << 30;

  private final VisionLanguageModel model;
  private final Map<Block, List<Tensor>> weights = new HashMap<>();

  /** The embedding's table as the vocabulary, in a model in which it is both. */
  private final Optional<Tensor> tiedVocabulary;

  /** The model's weights must not change while this is open. */
  public Inference(VisionLanguageModel model) {
    this.model = model;
    Layout layout = model.layout();
    for (Block block : layout.blocks()) {
      weights.put(block, model.parameters().weights(block));
    }
    Optional<Tensor> table =
        Optional.of(table()).filter(t -> model.config().text().tiedEmbeddings());
    if (packs()) {
      try (Packing packing = new Packing()) {
        Stream.of(
                layout.towerLayers().stream().filter(Block::used),
                Stream.of(layout.connector(), layout.head()),
                layout.decoderLayers().stream())
            .flatMap(blocks -> blocks)
            .forEach(block -> weights.compute(block, (b, plain) -> packed(packing, plain)));
        tiedVocabulary = table.map(packing::pack);
      }
    } else {
      tiedVocabulary = table;
    }
  }

  private boolean packs() {
    long elements = model.layout().blocks().stream().mapToLong(Block::size).sum();
    DType type = model.parameters().type();
    return Torch.packs() && type == DType.FLOAT32 && elements * type.bytes() <= PACKED_BYTES;
  }

  /** Of these blocks, all matrices are factors of products. */
  private static List<Tensor> packed(Packing packing, List<Tensor> plain) {
    List<Tensor> packed = new ArrayList<>();
    for (Tensor weight : plain) {
      if (weight.shape().length == 2) {
        try (weight) {
          packed.add(packing.pack(weight));
        }
      } else {
        packed.add(weight);
      }
    }
    return packed;
  }

  /**
   * When a continuation ends.
   *
   * @param stops ids that end a sequence; they are not part of the result
   * @param barStops whether stops are kept from coming, so that all continuations are of full
   *     length
   */
  public record Limits(int newTokens, Set<Integer> stops, boolean barStops) {
    public Limits {
      stops = Set.copyOf(stops);
    }
  }

  /**
   * How many of some prompts, from the first, are best continued at once: at least one, and no more
   * than their keys and values have room for.
   */
  public int batch(List<Sample> prompts, int newTokens) {
    TextConfig text = model.config().text();
    long elements = 2L * text.layers() * text.keyValueHeads() * text.headSize();
    long most = CACHE_BYTES / model.parameters().type().bytes();
    long longest = 0;
    for (int i = 0; i < prompts.size(); i++) {
      int length = Packed.expandedLength(prompts.get(i), model.config()::imageTokens);
      longest = Math.max(longest, length + newTokens);
      if (i > 0 && (i + 1) * longest * elements > most) {
        return i;
      }
    }
    return prompts.size();
  }

  /**
   * Continues each prompt greedily.
   *
   * @param prompts tokens and pictures; their fates are not looked at
   */
  public List<int[]> generate(List<Sample> prompts, Limits limits) {
    ModelConfig config = model.config();
    Packed packed = Packed.of(prompts, config::imageTokens);
    long[] ends =
        prompts.stream()
            .mapToLong(prompt -> Packed.expandedLength(prompt, config::imageTokens))
            .toArray();
    int capacity = (int) Arrays.stream(ends).max().orElse(0) + limits.newTokens();
    try (KeyValueCache cache =
        new KeyValueCache(config.text(), model.parameters().type(), ends.length, capacity)) {
      return continueFrom(prefill(prompts, packed, ends, cache), ends, cache, limits);
    }
  }

  /** Last rows (sequences, hidden) of the prompts. */
  private Tensor prefill(List<Sample> prompts, Packed packed, long[] ends, KeyValueCache cache) {
    List<Block> blocks = model.layout().decoderLayers();
    int last = blocks.size() - 1;
    Tensor x = embed(prompts, packed);
    try (Decoder.Bound decoder = model.decoder().bind(packed)) {
      for (int i = 0; i < last; i++) {
        try (Tensor before = x) {
          x = decoder.prefill(i, before, weights.get(blocks.get(i)), cache);
        }
      }
      try (Tensor before = x) {
        return decoder.prefillLast(last, before, ends, weights.get(blocks.get(last)), cache);
      }
    }
  }

  private List<int[]> continueFrom(Tensor last, long[] ends, KeyValueCache cache, Limits limits) {
    long[] barred =
        limits.barStops() ? limits.stops().stream().mapToLong(i -> i).toArray() : new long[0];
    Continuations made = new Continuations(ends, limits);
    Tensor x = last;
    while (true) {
      long[] next;
      try (Tensor rows = x) {
        next = model.head().greedy(rows, headWeights(), barred);
      }
      made.add(next);
      if (made.finished()) {
        return made.all();
      }
      Optional<long[]> left = made.withoutEnded();
      if (left.isPresent()) {
        try (Tensor rows = Tensor.of(left.get())) {
          cache.keep(all -> model.head().select(all, rows));
        }
      }
      Tensor words = model.embedding().rows(made.newest(), table());
      x = model.decoder().decode(words, made.places(), layers(), cache);
    }
  }

  /**
   * Log-likelihood of each sample's supervised tokens, summed, given all that stands before them.
   *
   * @return one number a sample, at most 0
   */
  public double[] logLikelihood(List<Sample> samples) {
    Targets targets = Targets.of(samples, model.config()::imageTokens);
    double[] sums = new double[samples.size()];
    if (targets.count() == 0) {
      return sums;
    }
    Packed packed = Packed.of(samples, model.config()::imageTokens);
    try (Tensor x = hidden(samples, packed);
        Tensor rows = Tensor.of(targets.rows());
        Tensor ids = Tensor.of(targets.ids());
        Tensor selected = model.head().select(x, rows);
        Tensor losses = model.head().losses(selected, ids, headWeights())) {
      float[] values = losses.toFloats();
      int at = 0;
      for (int i = 0; i < sums.length; i++) {
        for (int end = at + samples.get(i).supervisedTokens(); at < end; at++) {
          sums[i] -= values[at];
        }
      }
      return sums;
    }
  }

  /** Last layer's rows (rows, hidden) of packed samples, before the final norm. */
  public Tensor hidden(List<Sample> samples, Packed packed) {
    Tensor x = embed(samples, packed);
    try (Decoder.Bound decoder = model.decoder().bind(packed)) {
      for (Segment layer : decoder.segments()) {
        x = run(layer, x);
      }
    }
    return x;
  }

  /** Image tokens (image tokens, hidden) of the samples' pictures, in order. */
  public Tensor see(List<Sample> samples) {
    Tensor x = Packed.pixels(Packed.pictures(samples), model.config().vision().imageSize());
    if (x.size() == 0) {
      x.close();
      return Tensor.zeros(model.parameters().type(), 0, model.config().text().hiddenSize());
    }
    for (Segment segment : model.tower()) {
      x = run(segment, x);
    }
    return arrange(samples, run(model.connector(), x));
  }

  private Tensor arrange(List<Sample> samples, Tensor features) {
    return model.arrangement(samples).map(segment -> run(segment, features)).orElse(features);
  }

  private Tensor embed(List<Sample> samples, Packed packed) {
    try (Tensor features = see(samples)) {
      return model.embedding().merge(packed, features, table());
    }
  }

  private Tensor run(Segment segment, Tensor x) {
    try (x) {
      return segment.forward(x, weights.get(segment.block()));
    }
  }

  private Tensor table() {
    return weights.get(model.layout().embedding()).get(0);
  }

  private List<Tensor> layers() {
    return model.layout().decoderLayers().stream().map(weights::get).flatMap(List::stream).toList();
  }

  /** The last norm's and the vocabulary's. */
  public List<Tensor> headWeights() {
    List<Tensor> all = new ArrayList<>(weights.get(model.layout().head()));
    tiedVocabulary.ifPresent(all::add);
    return all;
  }

  @Override
  public void close() {
    tiedVocabulary.filter(vocabulary -> vocabulary != table()).ifPresent(Tensor::close);
    weights.values().forEach(list -> list.forEach(Tensor::close));
  }
}
