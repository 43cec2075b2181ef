package io.litoperator.worker.evaluate.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * What Python's {@code str} and {@code float} do where Java's methods differ: what a blank is,
 * which texts are numbers, and that characters are code points.
 */
public final class PythonText {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(?:inf(?:inity)?|nan|(?:D(?:_?D)*(?:\\.(?:D(?:_?D)*)?)?|\\.D(?:_?D)*)(?:e[+-]?D(?:_?D)*)?)"
              .replace("D", "\\p{Nd}"),
          Pattern.CASE_INSENSITIVE);

  private PythonText() {}

  /** {@code str.isspace} of a character. */
  public static boolean isSpace(int character) {
    return character == 0x85
        || character >= 0x1c && character <= 0x1f
        || character >= 0x9 && character <= 0xd
        || Character.isSpaceChar(character);
  }

  /** {@code text.strip()}. */
  public static String strip(String text) {
    return strip(text, PythonText::isSpace);
  }

  /** {@code text.strip(character)}. */
  public static String strip(String text, char character) {
    return strip(text, c -> c == character);
  }

  private static String strip(String text, IntPredicate dropped) {
    int start = 0;
    int end = text.length();
    while (start < end && dropped.test(text.charAt(start))) {
      start++;
    }
    while (start < end && dropped.test(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** {@code text.split()}: the words between blanks, none of them empty. */
  public static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || isSpace(text.charAt(i))) {
        if (start < i) {
          words.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return words;
  }

  /** {@code text.lower()}. */
  public static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** {@code text.capitalize()}: the first character in title case, all others in lower case. */
  public static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    String first = text.substring(0, text.offsetByCodePoints(0, 1));
    return title(first) + lower(text).substring(lower(first).length());
  }

  private static String title(String character) {
    int title = Character.toTitleCase(character.codePointAt(0));
    String upper = character.toUpperCase(Locale.ROOT);
    if (title != character.codePointAt(0) || upper.codePointCount(0, upper.length()) == 1) {
      return Character.toString(title);
    }
    int rest = upper.offsetByCodePoints(0, 1);
    return upper.substring(0, rest) + lower(upper.substring(rest));
  }

  /** {@code float(text)}; absent where Python raises {@code ValueError}. */
  public static OptionalDouble number(String text) {
    String stripped = strip(text);
    if (!NUMBER.matcher(stripped).matches()) {
      return OptionalDouble.empty();
    }
    StringBuilder ascii = new StringBuilder();
    lower(stripped)
        .replace("_", "")
        .codePoints()
        .map(c -> Character.isDigit(c) ? '0' + Character.digit(c, 10) : c)
        .forEach(ascii::appendCodePoint);
    String plain = ascii.toString();
    if (plain.endsWith("nan")) {
      return OptionalDouble.of(Double.NaN);
    }
    if (plain.contains("inf")) {
      return OptionalDouble.of(
          plain.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return OptionalDouble.of(Double.parseDouble(plain));
  }

  /** {@code len(text)}. */
  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** {@code text[:length]}. */
  public static String prefix(String text, int length) {
    return length(text) <= length ? text : text.substring(0, text.offsetByCodePoints(0, length));
  }
}
