package io.litoperator.worker.model;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Packing;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
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

  /**
   * Rows of prompts, or of pictures, that pass a layer together, as many as keep a device busy:
   * they bound what a large batch takes beside its keys and values.
   */
  private static final long CPU_ROWS = 1_280;

  private static final long GPU_ROWS = 16_384;

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
    long[] lengths =
        prompts.stream()
            .mapToLong(prompt -> Packed.expandedLength(prompt, config::imageTokens))
            .toArray();
    try (KeyValueCache cache =
        new KeyValueCache(config.text(), model.parameters().type(), lengths, limits.newTokens())) {
      return continueFrom(prefill(prompts, lengths, cache), lengths, cache, limits);
    }
  }

  /** Last rows (sequences, hidden) of the prompts, of which some at a time pass all layers. */
  private Tensor prefill(List<Sample> prompts, long[] lengths, KeyValueCache cache) {
    Tensor last = rows(prompts.size());
    try (Tensor features = see(prompts)) {
      long seen = 0;
      int from = 0;
      while (from < lengths.length) {
        int to = from + 1;
        long rows = lengths[from];
        while (to < lengths.length && rows + lengths[to] <= rowsAtOnce()) {
          rows += lengths[to++];
        }
        Packed packed = Packed.of(prompts.subList(from, to), model.config()::imageTokens);
        long before = seen;
        seen += packed.imageRows().length;
        try (Tensor pictures = features.slice(before, seen);
            KeyValueCache part = cache.part(from, to);
            Tensor ends = prefill(packed, pictures, part);
            Tensor place = last.slice(from, to)) {
          place.copyFrom(ends);
        }
        from = to;
      }
    }
    return last;
  }

  private Tensor prefill(Packed packed, Tensor features, KeyValueCache cache) {
    List<Block> blocks = model.layout().decoderLayers();
    int last = blocks.size() - 1;
    Tensor x = model.embedding().merge(packed, features, table());
    try (Decoder.Bound decoder = model.decoder().bind(packed)) {
      for (int i = 0; i < last; i++) {
        try (Tensor before = x) {
          x = decoder.prefill(i, before, weights.get(blocks.get(i)), cache);
        }
      }
      try (Tensor before = x) {
        return decoder.prefillLast(last, before, weights.get(blocks.get(last)), cache);
      }
    }
  }

  /** Uninitialised memory (count, hidden). */
  private Tensor rows(long count) {
    return Tensor.empty(model.parameters().type(), count, model.config().text().hiddenSize());
  }

  private static long rowsAtOnce() {
    return Torch.device().isCuda() ? GPU_ROWS : CPU_ROWS;
  }

  private List<int[]> continueFrom(
      Tensor last, long[] lengths, KeyValueCache cache, Limits limits) {
    long[] barred =
        limits.barStops() ? limits.stops().stream().mapToLong(i -> i).toArray() : new long[0];
    Continuations made = new Continuations(lengths, limits);
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
      made.withoutEnded().ifPresent(cache::keep);
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
    DistinctPictures pictures = DistinctPictures.of(Packed.pictures(samples));
    try (Tensor pixels = Packed.pixels(pictures.distinct(), model.config().vision().imageSize())) {
      Tensor seen = features(pixels);
      return arrange(samples, pictures.areAll() ? seen : repeated(seen, pictures));
    }
  }

  /** What the connector makes of views, of which some at a time pass the tower. */
  private Tensor features(Tensor pixels) {
    long views = pixels.shape()[0];
    long viewRows = model.config().imageTokens();
    long atOnce = Math.max(1, rowsAtOnce() / model.config().vision().positions());
    Tensor all = rows(views * viewRows);
    for (long from = 0; from < views; from += atOnce) {
      long to = Math.min(views, from + atOnce);
      Tensor x = pixels.slice(from, to);
      for (Segment segment : model.tower()) {
        x = run(segment, x);
      }
      try (Tensor some = run(model.connector(), x);
          Tensor place = all.slice(from * viewRows, to * viewRows)) {
        place.copyFrom(some);
      }
    }
    return all;
  }

  private Tensor repeated(Tensor seen, DistinctPictures pictures) {
    try (seen;
        Tensor rows = Tensor.of(pictures.rows(model.config().imageTokens()))) {
      return model.head().select(seen, rows);
    }
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
