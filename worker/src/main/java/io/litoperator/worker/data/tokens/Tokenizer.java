package io.litoperator.worker.data.tokens;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/**
 * A model's tokenizer: Hugging Face's {@code tokenizer.json}, with the roles of tokens from {@code
 * tokenizer_config.json}. Safe for use by several threads.
 */
public final class Tokenizer implements AutoCloseable {
  /** In this order, of transformers' {@code clean_up_tokenization}. */
  private static final String[][] CLEANINGS = {
    {" .", "."},
    {" ?", "?"},
    {" !", "!"},
    {" ,", ","},
    {" ' ", "'"},
    {" n't", "n't"},
    {" 'm", "'m"},
    {" 's", "'s"},
    {" 've", "'ve"},
    {" 're", "'re"}
  };

  private final HuggingFaceTokenizer tokenizer;
  private final Map<String, Integer> ids;
  private final SpecialToken endOfSequence;
  private final Optional<SpecialToken> padding;
  private final Optional<SpecialToken> added;
  private final boolean dropsLeadingSpace;
  private final boolean cleansUp;

  private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerFiles files) {
    this.tokenizer = tokenizer;
    this.ids = files.ids();
    this.padding = files.special("pad_token");
    this.endOfSequence =
        files
            .special("eos_token")
            .orElseThrow(
                () ->
                    broken(
                        files,
                        "tokenizer_config.json names no eos_token; answers end in it",
                        null));
    int[] addedToEveryText = encode("").ids();
    this.added =
        files
            .special("bos_token")
            .filter(bos -> Arrays.equals(addedToEveryText, new int[] {bos.id()}));
    if (added.isEmpty() && addedToEveryText.length > 0) {
      throw broken(
          files,
          "it adds tokens other than one bos_token to a text, which no template expects",
          null);
    }
    requireFlags(files);
    this.cleansUp = files.flag("clean_up_tokenization_spaces", false);
    this.dropsLeadingSpace = Arrays.equals(encode("a").ids(), encode(" a").ids());
    int[] end = encode(endOfSequence.text()).ids();
    if (end.length == 0 || end[end.length - 1] != endOfSequence.id()) {
      throw broken(
          files, "it does not read its eos_token " + endOfSequence.text() + " as one", null);
    }
  }

  /**
   * Opens the tokenizer of a language model's folder.
   *
   * @throws Failure if a file is missing, broken or at odds with the other
   */
  public static Tokenizer open(Path folder) {
    return open(TokenizerFolder.read(folder));
  }

  /** As {@link #open(Path)}, of files that have been read. */
  public static Tokenizer open(TokenizerFolder folder) {
    TokenizerFiles files = TokenizerFiles.of(folder);
    HuggingFaceTokenizer tokenizer = load(files);
    try {
      return new Tokenizer(tokenizer, files);
    } catch (Failure e) {
      tokenizer.close();
      throw e;
    }
  }

  /** Llama's classes of transformers go by flags of their own instead of {@code tokenizer.json}. */
  private void requireFlags(TokenizerFiles files) {
    if (!files.isLlamas()) {
      return;
    }
    if (files.flag("add_bos_token", true) != added.isPresent()) {
      throw broken(
          files,
          "it puts %s BOS before a text, and add_bos_token of tokenizer_config.json, which transformers goes by, says otherwise"
              .formatted(added.isPresent() ? "a" : "no"),
          null);
    }
    if (files.flag("add_eos_token", false)) {
      throw broken(
          files,
          "add_eos_token of tokenizer_config.json has transformers end every text in EOS, which no template expects",
          null);
    }
  }

  /** Tokens of a text, after BOS if the tokenizer puts it there. */
  public Encoding encode(String text) {
    ai.djl.huggingface.tokenizers.Encoding encoded = tokenizer.encode(text);
    int[] ids = Arrays.stream(encoded.getIds()).mapToInt(Math::toIntExact).toArray();
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    CharSpan[] spans = encoded.getCharTokenSpans();
    int[] indices = indicesOfCodePoints(text);
    int covered = 0;
    for (int i = 0; i < ids.length; i++) {
      if (spans[i] != null) {
        // A file with trim_offsets leaves the blanks that tokens begin with out of their spans.
        int start = indices[spans[i].getStart()];
        boolean blank = covered < start && text.substring(covered, start).isBlank();
        starts[i] = blank ? covered : start;
        ends[i] = indices[spans[i].getEnd()];
        covered = Math.max(covered, ends[i]);
      }
    }
    return new Encoding(ids, starts, ends);
  }

  /**
   * The text of some tokens, without special ones; where {@code tokenizer_config.json} asks for it,
   * without blanks before punctuation and short forms, as transformers' {@code decode}.
   */
  public String decode(int... ids) {
    String text = tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    if (cleansUp) {
      for (String[] cleaning : CLEANINGS) {
        text = text.replace(cleaning[0], cleaning[1]);
      }
    }
    return text;
  }

  /** Ids are below this; a model's embedding has at least as many rows. */
  public int vocabularySize() {
    return ids.isEmpty() ? 0 : Collections.max(ids.values()) + 1;
  }

  /** Id of a token of the vocabulary, special ones included. */
  public Optional<Integer> idOf(String token) {
    return Optional.ofNullable(ids.get(token));
  }

  public SpecialToken endOfSequence() {
    return endOfSequence;
  }

  public Optional<SpecialToken> padding() {
    return padding;
  }

  /** The BOS that {@link #encode} puts before every text; absent if it adds none. */
  public Optional<SpecialToken> beginOfSequence() {
    return added;
  }

  /**
   * Whether a text's first space is lost, as the space that the tokenizer itself puts before a text
   * takes its place (Llama's {@code tokenizer.json}, but not its SentencePiece model).
   */
  public boolean dropsLeadingSpace() {
    return dropsLeadingSpace;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static HuggingFaceTokenizer load(TokenizerFiles files) {
    // On a machine with a GPU the library would fetch a CUDA build, which is of no use here.
    System.setProperty("RUST_FLAVOR", System.getProperty("RUST_FLAVOR", "cpu"));
    System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
    Map<String, String> whole = Map.of("truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD");
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.json()), whole);
    } catch (IOException | RuntimeException e) { // the native reader's errors are RuntimeExceptions
      throw broken(files, e.getMessage(), e);
    }
  }

  private static Failure broken(TokenizerFiles files, String why, Throwable cause) {
    return new Failure(
        ExitCode.BAD_DATA,
        "%s cannot be used: %s; fetch the tokenizer's files again or use another model's."
            .formatted(files.tokenizer(), why),
        cause);
  }

  /** The native library counts code points, Java's strings UTF-16 units. */
  private static int[] indicesOfCodePoints(String text) {
    int[] indices = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 1; i < indices.length; i++) {
      indices[i] = text.offsetByCodePoints(indices[i - 1], 1);
    }
    return indices;
  }
}
