package io.litoperator.worker.data.labels;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.tokens.Encoding;
import io.litoperator.worker.data.tokens.Tokenizer;
import java.util.Arrays;

/**
 * A prompt's tokens, {@link Sample#IMAGE} for a picture. Token {@code i} covers the characters
 * {@code starts[i]} to {@code ends[i]} of the prompt; BOS covers nothing.
 */
record PromptTokens(int[] ids, int[] starts, int[] ends) {
  /**
   * Tokenizes as the references do: the texts before, between and after pictures each on their own,
   * with BOS before the first only.
   */
  static PromptTokens of(Prompt prompt, Tokenizer tokenizer) {
    PromptTokens tokens = new PromptTokens(new int[0], new int[0], new int[0]);
    int start = 0;
    for (Span image : prompt.images()) {
      tokens = tokens.append(text(prompt, tokenizer, start, image.start())).append(picture(image));
      start = image.end();
    }
    return tokens.append(text(prompt, tokenizer, start, prompt.text().length()));
  }

  private static PromptTokens text(Prompt prompt, Tokenizer tokenizer, int start, int end) {
    PromptTokens tokens = chunk(tokenizer, prompt.text().substring(start, end), start);
    return start > 0 && tokenizer.beginOfSequence().isPresent() ? tokens.from(1) : tokens;
  }

  int size() {
    return ids.length;
  }

  /** Number of tokens that end before or at a character. */
  int sizeUpTo(int character) {
    int size = 0;
    while (size < ids.length && ends[size] <= character) {
      size++;
    }
    return size;
  }

  PromptTokens cut(int length) {
    return length >= size() ? this : range(0, length);
  }

  private static PromptTokens picture(Span image) {
    return new PromptTokens(
        new int[] {Sample.IMAGE}, new int[] {image.start()}, new int[] {image.end()});
  }

  private static PromptTokens chunk(Tokenizer tokenizer, String text, int offset) {
    // SentencePiece, which the references use with Llama, keeps a text's first space.
    boolean spaced = tokenizer.dropsLeadingSpace() && text.startsWith(" ");
    Encoding encoding = tokenizer.encode(spaced ? " " + text : text);
    int[] starts = encoding.starts().clone();
    int[] ends = encoding.ends().clone();
    for (int i = 0; i < starts.length; i++) {
      boolean covers = ends[i] > 0;
      starts[i] = offset + (spaced ? Math.max(starts[i] - 1, 0) : starts[i]);
      ends[i] = offset + (spaced && covers ? Math.max(ends[i] - 1, 1) : ends[i]);
    }
    return new PromptTokens(encoding.ids(), starts, ends);
  }

  private PromptTokens from(int start) {
    return range(start, size());
  }

  private PromptTokens range(int from, int to) {
    return new PromptTokens(
        Arrays.copyOfRange(ids, from, to),
        Arrays.copyOfRange(starts, from, to),
        Arrays.copyOfRange(ends, from, to));
  }

  private PromptTokens append(PromptTokens next) {
    return new PromptTokens(
        concat(ids, next.ids), concat(starts, next.starts), concat(ends, next.ends));
  }

  private static int[] concat(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
