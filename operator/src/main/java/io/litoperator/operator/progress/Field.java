package io.litoperator.operator.progress;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.regex.Pattern;

/**
 * One value of a report. Each check passes a null, except {@link #present}.
 *
 * @param path as the sender wrote it
 */
record Field<T>(String path, T value) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,62}");

  /** As many digits as any score needs, and no more than a column can show. */
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,12})?");

  static <T> Field<T> of(String path, T value) {
    return new Field<>(path, value);
  }

  Field<T> present() {
    return must(value != null, "is missing");
  }

  /** A word that can be a label: letters, digits and {@code _.-}, at most 63. */
  Field<T> name() {
    return must(
        value == null || NAME.matcher(string()).matches(),
        "must be a letter and up to 62 letters, digits and _.-");
  }

  /** Printable text; line ends and tabs are allowed. */
  Field<T> text(int maxLength) {
    return must(
        value == null
            || string().length() <= maxLength
                && string().chars().allMatch(c -> c >= ' ' && c != 127 || c == '\n' || c == '\t'),
        "must be at most " + maxLength + " characters without control characters");
  }

  Field<T> decimal() {
    return must(
        value == null || DECIMAL.matcher(string()).matches(),
        "must be a decimal in quotes, such as \"0.873\"");
  }

  Field<T> time() {
    return must(value == null || isTime(string()), "must be a time such as 2026-11-23T08:00:00Z");
  }

  Field<T> between(long min, long max) {
    return must(
        value == null || number().longValue() >= min && number().longValue() <= max,
        "must be from " + min + " to " + max);
  }

  Field<T> finite() {
    return must(value == null || Double.isFinite(number().doubleValue()), "must be finite");
  }

  Field<T> finite(double min, double max) {
    finite();
    return must(
        value == null || number().doubleValue() >= min && number().doubleValue() <= max,
        max == Double.MAX_VALUE ? "must be at least " + min : "must be from " + min + " to " + max);
  }

  Field<T> atMost(int entries) {
    return must(
        value == null || ((Collection<?>) value).size() <= entries,
        "must have at most " + entries + " entries");
  }

  private Field<T> must(boolean holds, String otherwise) {
    if (!holds) {
      throw RequestRefusedException.malformed(path + " " + otherwise + ".");
    }
    return this;
  }

  private String string() {
    return (String) value;
  }

  private Number number() {
    return (Number) value;
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
