package io.litoperator.worker.report;

/** Text from data or models, made safe to show. */
public final class Printable {
  private Printable() {}

  /**
   * Control characters become their visible pictures (U+2400 to U+2421), so that no text can steer
   * a terminal; a line break becomes {@code ↵}.
   */
  public static String oneLine(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().map(Printable::visible).forEach(shown::appendCodePoint);
    return shown.toString();
  }

  /** As {@link #oneLine}, but the line breaks after {@code ↵}. */
  public static String lines(String text) {
    return String.join("↵\n", text.lines().map(Printable::oneLine).toList())
        + (text.endsWith("\n") ? "↵\n" : "");
  }

  private static int visible(int codePoint) {
    if (codePoint == '\n') {
      return '↵';
    }
    if (codePoint < 0x20) {
      return 0x2400 + codePoint;
    }
    if (codePoint == 0x7F) {
      return '␡';
    }
    return Character.isISOControl(codePoint) ? '\uFFFD' : codePoint;
  }
}
