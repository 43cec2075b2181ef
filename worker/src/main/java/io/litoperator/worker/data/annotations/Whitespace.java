package io.litoperator.worker.data.annotations;

/** White space as Python's {@code str} knows it; the references' lengths and prompts go by it. */
public final class Whitespace {
  /** One character of white space, as a regular expression. */
  public static final String CHARACTER = "(?U:[\\s\\x1c-\\x1f])";

  /** A run of white space, as a regular expression. */
  public static final String RUN = CHARACTER + "+";

  private Whitespace() {}

  /** {@code str.isspace} of a character; all of them are single UTF-16 units. */
  public static boolean is(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  /** {@code str.strip}. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && is(text.charAt(start))) {
      start++;
    }
    while (end > start && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** {@code " ".join(text.split())}. */
  public static String single(String text) {
    StringBuilder single = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!is(c)) {
        single.append(c);
      } else if (i + 1 < text.length() && !is(text.charAt(i + 1)) && !single.isEmpty()) {
        single.append(' ');
      }
    }
    return single.toString();
  }

  /** {@code not text[start:end].strip()}. */
  public static boolean isBlank(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (!is(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** {@code len(text.split())}, for {@code length} characters from {@code offset}. */
  public static int words(char[] text, int offset, int length) {
    int words = 0;
    boolean inWord = false;
    for (int i = offset; i < offset + length; i++) {
      boolean space = is(text[i]);
      if (!space && !inWord) {
        words++;
      }
      inWord = !space;
    }
    return words;
  }
}
