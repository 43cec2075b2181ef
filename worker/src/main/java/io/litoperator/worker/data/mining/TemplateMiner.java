package io.litoperator.worker.data.mining;

import io.litoperator.worker.data.annotations.Annotation;
import io.litoperator.worker.plan.MiningPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * The paper's task templates: the most frequent sentences of a training set's instructions. The
 * paper gives neither its threshold nor how it splits sentences, so that both are options.
 *
 * <p>Counts are exact, in two passes and bounded memory: the first counts hashes, the second only
 * sentences whose hash is frequent enough.
 */
public final class TemplateMiner {
  /** 16 MiB of counters; a few distinct sentences share one in the largest published sets. */
  private static final int BUCKETS = 1 << 22;

  /** A beginning follows a sentence, if it follows it in all but a few cases. */
  private static final double ALWAYS = 0.9;

  private final MiningPlan options;
  private final Splitter splitter;
  private final AtomicIntegerArray buckets = new AtomicIntegerArray(BUCKETS);
  private final Map<String, LongAdder> sentences = new ConcurrentHashMap<>();
  private final Map<Pair, LongAdder> pairs = new ConcurrentHashMap<>();

  /** One pass over what humans say, the same each time. */
  @FunctionalInterface
  public interface Pass {
    /**
     * @param visitor may be called by several threads
     */
    void over(Consumer<String> visitor);
  }

  /** A sentence and the beginning, ended by a colon, right after it. */
  private record Pair(String sentence, String beginning) {}

  private TemplateMiner(MiningPlan options) {
    this.options = options;
    this.splitter = Splitter.valueOf(options.splitter().name());
  }

  /** Runs the pass twice; most frequent templates first. */
  public static List<MinedTemplate> mine(MiningPlan options, Pass pass) {
    TemplateMiner miner = new TemplateMiner(options);
    pass.over(miner::countHashes);
    pass.over(miner::countSentences);
    return miner.templates();
  }

  private void countHashes(String said) {
    sentences(said).forEach(sentence -> buckets.incrementAndGet(bucket(sentence)));
  }

  private void countSentences(String said) {
    Optional<String> before = Optional.empty();
    for (String sentence : sentences(said)) {
      if (buckets.get(bucket(sentence)) < options.minFrequency()) {
        before = Optional.empty();
        continue;
      }
      increment(sentences, sentence);
      if (sentence.endsWith(":")) {
        before.ifPresent(previous -> increment(pairs, new Pair(previous, sentence)));
      }
      before = Optional.of(sentence);
    }
  }

  private static <T> void increment(Map<T, LongAdder> counts, T key) {
    counts.computeIfAbsent(key, k -> new LongAdder()).increment();
  }

  private List<String> sentences(String said) {
    String text = said.replace(Annotation.IMAGE, "").replace('’', '\'');
    return splitter.parts(text).stream()
        .filter(part -> part.chars().filter(c -> c == ' ').count() + 1 >= options.minWords())
        .toList();
  }

  private static int bucket(String sentence) {
    int hash = sentence.hashCode() * 0x9e3779b9;
    return hash >>> Integer.numberOfLeadingZeros(BUCKETS - 1);
  }

  private List<MinedTemplate> templates() {
    Map<String, Long> counts = new ConcurrentHashMap<>();
    sentences.forEach((sentence, count) -> counts.put(sentence, count.sum()));
    pairs.forEach((pair, count) -> join(pair, count.sum(), counts));
    List<MinedTemplate> templates = new ArrayList<>();
    counts.forEach((text, count) -> templates.add(new MinedTemplate(text, count)));
    return templates.stream()
        .filter(template -> template.occurrences() >= options.minFrequency())
        .sorted(
            Comparator.comparingLong(MinedTemplate::occurrences)
                .reversed()
                .thenComparing(MinedTemplate::text))
        .toList();
  }

  /** One template of two, as in the paper's {@code … provided image. Reference OCR token:}. */
  private void join(Pair pair, long together, Map<String, Long> counts) {
    long beginnings = sentences.get(pair.beginning()).sum();
    if (together >= options.minFrequency() && together >= ALWAYS * beginnings) {
      counts.put(pair.sentence() + " " + pair.beginning(), together);
      counts.merge(pair.sentence(), -together, Long::sum);
      counts.merge(pair.beginning(), -together, Long::sum);
    }
  }
}
