package io.litoperator.worker.data.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.data.sampling.Draws.Portion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class SamplerTest {
  /** Draws each sample once an epoch. */
  private static Sampler sampler(
      int[] lengths, int batch, int epochs, OptionalInt maxSteps, long seed) {
    Draws once = new Draws(List.of(new Portion(lengths.length, 1)));
    return new Sampler(lengths, once, batch, epochs, maxSteps, seed);
  }

  @Property(tries = 300)
  void everySampleOnceAnEpoch(
      @ForAll("lengths") int[] lengths,
      @ForAll @IntRange(min = 1, max = 40) int batch,
      @ForAll @LongRange(min = 0, max = 5) long epoch) {
    Sampler sampler = sampler(lengths, batch, 1, OptionalInt.empty(), 42);
    int steps = sampler.stepsPerEpoch();
    List<List<Integer>> batches =
        Stream.iterate(epoch * steps, s -> s + 1).limit(steps).map(sampler::globalBatch).toList();
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, lengths.length).boxed().toList());
    assertThat(batches.subList(0, steps - 1)).allMatch(b -> b.size() == batch);
    assertThat(sampler.totalSteps()).isEqualTo(steps);
  }

  @Property(tries = 300)
  void onlyTheLastBatchesMixModalities(
      @ForAll("lengths") int[] lengths, @ForAll @IntRange(min = 1, max = 40) int batch) {
    Sampler sampler = sampler(lengths, batch, 1, OptionalInt.empty(), 3);
    int leftOver = 0;
    for (boolean picture : new boolean[] {true, false}) {
      leftOver += (int) IntStream.of(lengths).filter(l -> l > 0 == picture).count() % batch;
    }
    int pure = (lengths.length - leftOver) / batch;
    for (int step = 0; step < sampler.stepsPerEpoch(); step++) {
      List<Integer> samples = sampler.globalBatch(step);
      if (step < pure) {
        assertThat(samples.stream().map(i -> lengths[i] > 0).distinct()).hasSize(1);
      }
      assertThat(samples.stream().map(i -> -Math.abs(lengths[i]))).isSorted();
    }
  }

  @Property(tries = 300)
  void ranksShareEachBatchWhateverTheWorld(
      @ForAll("lengths") int[] lengths,
      @ForAll @IntRange(min = 1, max = 4) int world,
      @ForAll @IntRange(min = 1, max = 3) int micro,
      @ForAll @IntRange(min = 1, max = 3) int accumulation) {
    int batch = world * micro * accumulation;
    Sampler sampler = sampler(lengths, batch, 2, OptionalInt.empty(), 7);
    Sampler alone = sampler(lengths, batch, 2, OptionalInt.empty(), 7);
    for (long step = 0; step < sampler.totalSteps(); step++) {
      List<Integer> union = new ArrayList<>();
      HashSet<Integer> counts = new HashSet<>();
      for (int rank = 0; rank < world; rank++) {
        List<List<Integer>> share = sampler.microBatches(step, rank, world, micro);
        assertThat(share).allMatch(m -> m.size() <= micro);
        counts.add(share.size());
        share.forEach(union::addAll);
      }
      assertThat(counts).as("micro-batches by rank").hasSize(1);
      assertThat(union).containsExactlyInAnyOrderElementsOf(alone.globalBatch(step));
    }
  }

  @Property(tries = 100)
  void resumingGoesOnWithTheTail(
      @ForAll("lengths") int[] lengths, @ForAll @IntRange(min = 0, max = 12) int from) {
    List<List<Integer>> whole = new ArrayList<>();
    sampler(lengths, 6, 1, OptionalInt.of(12), 9).order(0, 1, 2, 1).forEachRemaining(whole::add);
    Sampler again = sampler(lengths, 6, 1, OptionalInt.of(12), 9);
    List<List<Integer>> tail = new ArrayList<>();
    again.order(from, 1, 2, 1).forEachRemaining(tail::add);
    int done = 0;
    for (int step = 0; step < from; step++) {
      done += again.microBatches(step, 1, 2, 1).size();
    }
    assertThat(tail).isEqualTo(whole.subList(done, whole.size()));
  }

  @Example
  void seedsAndEpochsDiffer() {
    int[] lengths = IntStream.rangeClosed(1, 64).toArray();
    Sampler sampler = sampler(lengths, 64, 2, OptionalInt.empty(), 1);
    Sampler other = sampler(lengths, 8, 2, OptionalInt.empty(), 1);
    Sampler otherSeed = sampler(lengths, 8, 2, OptionalInt.empty(), 2);
    assertThat(sampler.globalBatch(0)).isEqualTo(sampler.globalBatch(1));
    assertThat(other.globalBatch(0)).isNotEqualTo(other.globalBatch(8));
    assertThat(other.globalBatch(0)).isNotEqualTo(otherSeed.globalBatch(0));
  }

  @Example
  void stepsMayEndWithinAnEpochOrGoBeyondOne() {
    int[] lengths = {3, 4, 5, 6, 7};
    assertThat(sampler(lengths, 2, 3, OptionalInt.empty(), 1).totalSteps()).isEqualTo(9);
    assertThat(sampler(lengths, 2, 3, OptionalInt.of(2), 1).totalSteps()).isEqualTo(2);
    Sampler beyond = sampler(lengths, 2, 1, OptionalInt.of(100), 1);
    assertThat(beyond.globalBatch(99)).hasSize(2);
    assertThat(beyond.globalBatch(98)).hasSize(1);
  }

  /** LLaVA's {@code split_to_even_chunks([9, 8, 7, 3, 2, 1], chunks=3)}: to the shortest so far. */
  @Example
  void chunksAreEvenAsInTheReference() {
    LengthGroups groups = new LengthGroups(new int[] {9, 8, 7, 3, 2, 1});
    assertThat(groups.evenChunks(List.of(0, 1, 2, 3, 4, 5), 3))
        .containsExactly(List.of(0, 5), List.of(1, 4), List.of(2, 3));
    assertThat(groups.evenChunks(List.of(0, 1, 2, 3, 4), 3))
        .containsExactly(List.of(0, 3), List.of(1, 4), List.of(2));
    assertThat(groups.evenChunks(List.of(4), 2)).containsExactly(List.of(4), List.of());
  }

  /** Each set has its share of every epoch, its samples as evenly as can be. */
  @Property(tries = 200)
  void weightsDecideHowOftenSamplesAreDrawn(
      @ForAll @IntRange(min = 1, max = 30) int first,
      @ForAll @IntRange(min = 1, max = 30) int second,
      @ForAll @DoubleRange(min = 1, max = 3.5) double heavy,
      @ForAll @DoubleRange(min = 0.5, max = 1) double light,
      @ForAll @IntRange(min = 1, max = 7) int batch) {
    int[] lengths = IntStream.range(0, first + second).map(i -> i % 2 == 0 ? 5 : -3).toArray();
    List<Portion> portions = List.of(new Portion(first, heavy), new Portion(second, light));
    Sampler sampler = new Sampler(lengths, new Draws(portions), batch, 2, OptionalInt.empty(), 11);
    Sampler again = new Sampler(lengths, new Draws(portions), batch, 2, OptionalInt.empty(), 11);
    long drawn = Math.round(first * heavy) + Math.round(second * light);
    assertThat(sampler.stepsPerEpoch()).isEqualTo((int) ((drawn + batch - 1) / batch));
    for (int epoch = 1; epoch >= 0; epoch--) {
      int[] counts = new int[first + second];
      for (int i = 0; i < sampler.stepsPerEpoch(); i++) {
        long step = (long) epoch * sampler.stepsPerEpoch() + i;
        assertThat(again.globalBatch(step)).isEqualTo(sampler.globalBatch(step));
        sampler.globalBatch(step).forEach(sample -> counts[sample]++);
      }
      assertThat(IntStream.of(counts).limit(first).sum()).isEqualTo(Math.round(first * heavy));
      assertThat(IntStream.of(counts).limit(first))
          .allMatch(count -> count == (int) heavy || count == (int) Math.ceil(heavy));
      assertThat(IntStream.of(counts).skip(first).sum()).isEqualTo(Math.round(second * light));
    }
  }

  @Example
  void eachEpochDrawsOtherSamplesOfALightSet() {
    Sampler sampler =
        new Sampler(
            IntStream.generate(() -> 4).limit(100).toArray(),
            new Draws(List.of(new Portion(100, 0.2))),
            20,
            3,
            OptionalInt.empty(),
            5);
    assertThat(Stream.of(0L, 1L, 2L).map(sampler::globalBatch).map(HashSet::new).distinct())
        .hasSize(3)
        .allMatch(epoch -> epoch.size() == 20);
  }

  @Provide
  Arbitrary<int[]> lengths() {
    return Arbitraries.integers()
        .between(-30, 30)
        .filter(length -> length != 0)
        .array(int[].class)
        .ofMinSize(1)
        .ofMaxSize(120);
  }
}
