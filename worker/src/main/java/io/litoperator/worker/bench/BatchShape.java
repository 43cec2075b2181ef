package io.litoperator.worker.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A synthetic micro-batch: every sequence is one picture and then text, whose end is supervised.
 *
 * @param sequences at least 1
 * @param text text tokens of a sequence
 * @param mixed whether lengths are spread from {@code text / 8} to {@code 15 text / 8}
 * @param answers share of a sequence's text tokens that is supervised, above 0 and up to 1
 */
public record BatchShape(int sequences, int text, boolean mixed, double answers) {
  private static final int SHORTEST = 8;

  /** Text tokens of each sequence. */
  public List<Integer> lengths() {
    return IntStream.range(0, sequences).mapToObj(this::length).toList();
  }

  private int length(int index) {
    double share = mixed ? (1 + 14.0 * index / Math.max(1, sequences - 1)) / 8 : 1;
    return Math.max(SHORTEST, (int) (text * share));
  }

  /** Tokens at the end of a sequence that are supervised. */
  public int supervised(int length) {
    return Math.max(1, (int) (length * answers));
  }

  /** Rows of the decoder for one micro-batch, without any padding. */
  public long tokens(int imageTokens) {
    return lengths().stream().mapToLong(length -> imageTokens + length).sum();
  }
}
