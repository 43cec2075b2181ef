package io.litoperator.worker.data.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How LLaVA's {@code LengthGroupedSampler} puts samples together: by modality, at random, each
 * batch sorted by length.
 */
final class LengthGroups {
  private final int[] lengths;

  /**
   * @param modalityLengths positive with a picture, negative without
   */
  LengthGroups(int[] modalityLengths) {
    this.lengths = modalityLengths;
  }

  /**
   * The samples that an epoch draws, in batches of {@code size}, longest first in each. A batch
   * holds one modality; only what is left over of the two may be mixed, in the last ones. Only the
   * very last batch may be smaller.
   */
  List<List<Integer>> batches(int[] drawn, int size, Random random) {
    List<List<Integer>> batches = new ArrayList<>();
    List<Integer> leftOver = new ArrayList<>();
    for (IntPredicate modality : List.<IntPredicate>of(i -> lengths[i] > 0, i -> lengths[i] < 0)) {
      List<Integer> samples = shuffled(drawn, modality, random);
      int whole = samples.size() - samples.size() % size;
      split(samples.subList(0, whole), size, batches);
      leftOver.addAll(samples.subList(whole, samples.size()));
    }
    Collections.shuffle(batches, random);
    split(leftOver, size, batches);
    return batches;
  }

  private List<Integer> shuffled(int[] drawn, IntPredicate modality, Random random) {
    List<Integer> samples = new ArrayList<>(IntStream.of(drawn).filter(modality).boxed().toList());
    Collections.shuffle(samples, random);
    return samples;
  }

  private void split(List<Integer> samples, int size, List<List<Integer>> batches) {
    for (int start = 0; start < samples.size(); start += size) {
      batches.add(
          samples.subList(start, Math.min(start + size, samples.size())).stream()
              .sorted(Comparator.comparingInt((Integer i) -> Math.abs(lengths[i])).reversed())
              .toList());
    }
  }

  /**
   * Splits a batch, longest first, into chunks of about equal length and of sizes that differ by
   * one at most (LLaVA's {@code split_to_even_chunks}).
   */
  List<List<Integer>> evenChunks(List<Integer> batch, int chunks) {
    List<List<Integer>> split = new ArrayList<>();
    for (int c = 0; c < chunks; c++) {
      split.add(new ArrayList<>());
    }
    boolean even = batch.size() % chunks == 0;
    long[] filled = new long[chunks];
    for (int i = 0; i < batch.size(); i++) {
      int chunk = even ? smallest(filled) : i % chunks;
      int sample = batch.get(i);
      split.get(chunk).add(sample);
      boolean full = even && split.get(chunk).size() == batch.size() / chunks;
      filled[chunk] = full ? Long.MAX_VALUE : filled[chunk] + Math.abs(lengths[sample]);
    }
    return split;
  }

  private static int smallest(long[] filled) {
    long least = Arrays.stream(filled).min().orElseThrow();
    return IntStream.range(0, filled.length)
        .filter(c -> filled[c] == least)
        .findFirst()
        .orElseThrow();
  }
}
