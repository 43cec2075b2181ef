package io.litoperator.worker.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a batch of prompts has been continued by. Sequences that have ended stay in the batch until
 * half of it has: leaving them out copies the others' keys and values.
 */
final class Continuations {
  private final Inference.Limits limits;
  private final List<List<Integer>> made = new ArrayList<>();
  private final boolean[] ended;

  /** The sequence at each row of the batch. */
  private int[] rows;

  /** Place of the newest token of each row. */
  private long[] places;

  private long[] newest = {};
  private int steps;

  /**
   * @param ends lengths of the prompts
   */
  Continuations(long[] ends, Inference.Limits limits) {
    this.limits = limits;
    Arrays.stream(ends).forEach(e -> made.add(new ArrayList<>()));
    ended = new boolean[ends.length];
    rows = IntStream.range(0, ends.length).toArray();
    places = Arrays.stream(ends).map(end -> end - 1).toArray();
  }

  /** Takes the next token of each row. */
  void add(long[] tokens) {
    newest = tokens;
    steps++;
    for (int i = 0; i < rows.length; i++) {
      places[i]++;
      ended[rows[i]] |= limits.stops().contains((int) tokens[i]);
      if (!ended[rows[i]]) {
        made.get(rows[i]).add((int) tokens[i]);
      }
    }
  }

  boolean finished() {
    return steps == limits.newTokens() || active().length == 0;
  }

  /**
   * Leaves out the sequences that have ended, if they are half of the batch.
   *
   * @return the rows that are left, by their old numbers
   */
  Optional<long[]> withoutEnded() {
    int[] active = active();
    if (2 * active.length > rows.length) {
      return Optional.empty();
    }
    long[] before = places;
    long[] tokens = newest;
    int[] sequences = rows;
    places = Arrays.stream(active).mapToLong(i -> before[i]).toArray();
    newest = Arrays.stream(active).mapToLong(i -> tokens[i]).toArray();
    rows = Arrays.stream(active).map(i -> sequences[i]).toArray();
    return Optional.of(Arrays.stream(active).asLongStream().toArray());
  }

  private int[] active() {
    return IntStream.range(0, rows.length).filter(i -> !ended[rows[i]]).toArray();
  }

  long[] newest() {
    return newest;
  }

  long[] places() {
    return places;
  }

  /** Of each prompt, in order. */
  List<int[]> all() {
    return made.stream().map(ids -> ids.stream().mapToInt(i -> i).toArray()).toList();
  }
}
