package io.litoperator.worker.evaluate.text;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The normaliser of the VQA challenge's server, EvalAI, as lmms-eval (75571cf) has it. Published
 * scores come from it, so its quirks are kept: it strips 32 full stops at most, and joins what a
 * punctuation mark separates where any comma between digits, or a blank beside such a mark, is
 * found in the whole text.
 */
public final class EvalAi {
  private static final List<String> PUNCTUATION =
      ";/[]\"{}()=+\\_-><@`,?!".codePoints().mapToObj(Character::toString).toList();
  private static final Pattern FULL_STOP = Pattern.compile("\\.(?!\\p{Nd})");
  private static final Pattern COMMA_IN_NUMBER = Pattern.compile("(?<=\\p{Nd}),+(?=\\p{Nd})");

  /** The reference hands a flag's value, 32, to a parameter that limits replacements. */
  private static final int STRIPPED_FULL_STOPS = 32;

  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final Map<String, String> DIGITS =
      Map.ofEntries(
          Map.entry("none", "0"),
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"));

  private EvalAi() {}

  /** The whole normaliser, of TextVQA and VizWiz. */
  public static String normalise(String text) {
    String words = PythonText.lower(text).replace(",", "").replace("?", "").replace("'s", " 's");
    return punctuationThenArticles(oneLine(PythonText.strip(words)));
  }

  /** Its second half alone, of VQAv2. */
  public static String punctuationThenArticles(String text) {
    return withoutArticles(withoutPunctuation(text));
  }

  /** Line feeds and tabs as blanks, none around the text. */
  public static String oneLine(String text) {
    return PythonText.strip(text.replace('\n', ' ').replace('\t', ' '));
  }

  private static String withoutPunctuation(String text) {
    boolean hasNumberWithComma = COMMA_IN_NUMBER.matcher(text).find();
    String result = text;
    for (String mark : PUNCTUATION) {
      boolean joins = hasNumberWithComma || text.contains(mark + " ") || text.contains(" " + mark);
      result = result.replace(mark, joins ? "" : " ");
    }
    return withoutFullStops(result);
  }

  private static String withoutFullStops(String text) {
    StringBuilder result = new StringBuilder();
    Matcher fullStop = FULL_STOP.matcher(text);
    for (int i = 0; i < STRIPPED_FULL_STOPS && fullStop.find(); i++) {
      fullStop.appendReplacement(result, "");
    }
    return fullStop.appendTail(result).toString();
  }

  private static String withoutArticles(String text) {
    return PythonText.split(PythonText.lower(text)).stream()
        .map(word -> DIGITS.getOrDefault(word, word))
        .filter(word -> !ARTICLES.contains(word))
        .map(Contractions::repair)
        .collect(Collectors.joining(" "));
  }
}
