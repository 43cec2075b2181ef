package io.litoperator.worker.data.tokens;

/**
 * A text's tokens. Token {@code i} covers the characters {@code starts[i]} (inclusive) to {@code
 * ends[i]} (exclusive) of the text, as {@link String#substring} counts; tokens that a tokenizer
 * adds, such as BOS, cover nothing. Several tokens may share a character (its bytes).
 *
 * @param starts as long as {@code ids}
 * @param ends as long as {@code ids}
 */
public record Encoding(int[] ids, int[] starts, int[] ends) {
  public int size() {
    return ids.length;
  }
}
