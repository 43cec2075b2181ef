package io.litoperator.worker.report;

import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as people read them, the same in every locale. */
public final class Numbers {
  private Numbers() {}

  /** {@code 0.9 s}, {@code 42 s}, {@code 3 min 05 s}, {@code 2 h 07 min}; {@code –} if unknown. */
  public static String duration(double seconds) {
    if (!Double.isFinite(seconds) || seconds < 0) {
      return "–";
    }
    long whole = Math.round(seconds);
    if (whole >= 3600) {
      long minutes = Math.round(seconds / 60);
      return format("%d h %02d min", minutes / 60, minutes % 60);
    }
    if (whole >= 60) {
      return format("%d min %02d s", whole / 60, whole % 60);
    }
    return seconds < 9.95 ? format("%.1f s", seconds) : format("%d s", whole);
  }

  /** {@code 512 B}, {@code 1.5 MiB}. */
  public static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : format("%.1f %s", value, units[unit]);
  }

  /** {@code 12,345}. */
  public static String count(long count) {
    return format("%,d", count);
  }

  /** {@code 950}, {@code 12.3 k}, {@code 1.2 M}, {@code 7.1 B}. */
  public static String shortCount(long count) {
    if (count < 1_000) {
      return Long.toString(count);
    }
    if (count < 1_000_000) {
      return format("%.1f k", count / 1e3);
    }
    return count < 1_000_000_000 ? format("%.1f M", count / 1e6) : format("%.1f B", count / 1e9);
  }

  /** Three significant digits: {@code 1.23}, {@code 212}, {@code 0.0123}, {@code 1.00e-05}. */
  public static String measure(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (size == 0) {
      return "0";
    }
    if (size < 1e-3) {
      return format("%.2e", value);
    }
    int digits = (int) Math.max(0, 2 - Math.floor(Math.log10(size)));
    return format("%,." + digits + "f", value);
  }

  /** Three decimals, as scores are compared: {@code 0.907}; minus is U+2212. */
  public static String score(double value) {
    return format("%.3f", value).replace('-', '−');
  }

  /** {@code 0.907 ± 0.057}, or the mean alone where there is no spread. */
  public static String spread(ScoreTable.Score score) {
    OptionalDouble deviation = score.standardDeviation();
    return deviation.isPresent()
        ? score(score.mean()) + " ± " + score(deviation.getAsDouble())
        : score(score.mean());
  }

  /** A score with its sign: {@code +0.393}, {@code −0.125}, {@code 0.000}. */
  public static String difference(double value) {
    String digits = score(Math.abs(value));
    if (digits.equals("0.000")) {
      return digits;
    }
    return (value < 0 ? "−" : "+") + digits;
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
