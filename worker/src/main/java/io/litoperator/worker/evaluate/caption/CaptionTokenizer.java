package io.litoperator.worker.evaluate.caption;

import edu.stanford.nlp.ling.CoreLabel;
import edu.stanford.nlp.process.CoreLabelTokenFactory;
import edu.stanford.nlp.process.PTBTokenizer;
import io.litoperator.worker.evaluate.text.PythonText;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The tokens of captions, as pycocoevalcap 1.2 makes them: by Stanford CoreNLP 3.4.1's tokenizer
 * with {@code -preserveLines -lowerCase}, without punctuation. Brackets are escaped in lower case
 * and so are not taken for punctuation ({@code -lrb-}), which published scores have in them.
 */
public final class CaptionTokenizer {
  /** The last keeps the tokenizer from writing to the log; it makes no other tokens. */
  private static final String OPTIONS = "tokenizeNLs=true,untokenizable=noneDelete";

  private static final Set<String> PUNCTUATION =
      Set.of("''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";");

  private CaptionTokenizer() {}

  /**
   * Each caption's tokens.
   *
   * @param captions read as the lines of one text, as the reference does: what a line begins with
   *     may decide whether a full stop before it is part of an abbreviation
   */
  public static List<List<String>> tokenize(List<String> captions) {
    String text = String.join("\n", captions.stream().map(CaptionTokenizer::oneLine).toList());
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    PTBTokenizer<CoreLabel> tokens =
        new PTBTokenizer<>(new StringReader(text), new CoreLabelTokenFactory(), OPTIONS);
    while (tokens.hasNext()) {
      String token = tokens.next().word();
      if (token.equals(PTBTokenizer.getNewlineToken())) {
        lines.add(line);
        line = new ArrayList<>();
      } else {
        add(line, token.toLowerCase(Locale.ROOT));
      }
    }
    lines.add(line);
    return lines;
  }

  private static void add(List<String> line, String token) {
    if (!PUNCTUATION.contains(token)) {
      // Fractions and telephone numbers hold blanks, at which the reference splits again.
      line.addAll(PythonText.split(token));
    }
  }

  /** All that the tokenizer takes for the end of a line as a blank. */
  private static String oneLine(String caption) {
    return caption.replaceAll("[\\n\\r\\u000b\\f\\u0085\\u2028\\u2029]", " ");
  }
}
