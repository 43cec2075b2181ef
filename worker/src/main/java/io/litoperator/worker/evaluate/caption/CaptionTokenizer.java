package io.litoperator.worker.evaluate.caption;

import io.litoperator.worker.evaluate.text.PythonText;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The tokens by which captions are compared, as pycocoevalcap 1.2 has them: the Penn Treebank's, in
 * lower case, without punctuation. Brackets ({@code -lrb-}) are not taken for punctuation, nor are
 * repeated marks ({@code !!}), which published scores have in them.
 */
public final class CaptionTokenizer {
  private static final Set<String> PUNCTUATION =
      Set.of(
          "''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-",
          "--", "...", ";");

  private CaptionTokenizer() {}

  public static List<String> tokens(String caption) {
    return PennTreebank.tokens(caption).stream()
        .map(token -> token.toLowerCase(Locale.ROOT))
        .filter(token -> !PUNCTUATION.contains(token))
        .flatMap(token -> PythonText.split(token).stream())
        .toList();
  }
}
