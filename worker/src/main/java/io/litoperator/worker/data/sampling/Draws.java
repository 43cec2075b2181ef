package io.litoperator.worker.data.sampling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which samples an epoch draws. Of a data set of {@code n} samples and weight {@code w} it draws
 * {@code round(w · n)}: each sample {@code floor(w)} times, and what is left over at random without
 * repetition, anew each epoch. So a set's share of an epoch's draws is {@code w · n} over the sum
 * of all sets'.
 */
public final class Draws {
  private final List<Portion> portions;

  /**
   * One data set's part, following the one before it.
   *
   * @param samples in the data set
   * @param weight times that each is drawn in an epoch, on average; above 0
   */
  public record Portion(int samples, double weight) {
    /** Samples that an epoch draws, repetitions counted. */
    public long perEpoch() {
      return Math.round(weight * samples);
    }
  }

  /**
   * @throws IllegalArgumentException if a portion draws nothing, or all of them more than an {@code
   *     int} counts
   */
  public Draws(List<Portion> portions) {
    this.portions = List.copyOf(portions);
    if (portions.stream().anyMatch(portion -> portion.perEpoch() < 1)) {
      throw new IllegalArgumentException("a data set of which nothing is drawn");
    }
    Math.toIntExact(portions.stream().mapToLong(Portion::perEpoch).sum());
  }

  int perEpoch() {
    return (int) portions.stream().mapToLong(Portion::perEpoch).sum();
  }

  /** The samples of one epoch, in no order that matters. */
  int[] samples(Random random) {
    IntStream.Builder drawn = IntStream.builder();
    int first = 0;
    for (Portion portion : portions) {
      int whole = (int) (portion.perEpoch() / portion.samples());
      int rest = (int) (portion.perEpoch() % portion.samples());
      for (int i = 0; i < portion.samples(); i++) {
        for (int copy = 0; copy < whole; copy++) {
          drawn.add(first + i);
        }
      }
      if (rest > 0) {
        List<Integer> order =
            new ArrayList<>(IntStream.range(first, first + portion.samples()).boxed().toList());
        Collections.shuffle(order, random);
        order.subList(0, rest).forEach(drawn::add);
      }
      first += portion.samples();
    }
    return drawn.build().toArray();
  }
}
