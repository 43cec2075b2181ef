package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as people write them. */
final class Sizes {
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([MG])(i?)B?");

  private Sizes() {}

  /** Bytes of {@code 80GiB}, {@code 80Gi}, {@code 16 GB} or {@code 512MiB}. */
  static long parse(String option, String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new Failure(
          ExitCode.INVALID,
          "%s must be a size such as 80GiB or 512MiB, not '%s'.".formatted(option, text));
    }
    int power = matcher.group(2).equals("G") ? 3 : 2;
    double unit = Math.pow(matcher.group(3).isEmpty() ? 1000 : 1024, power);
    return (long) (Double.parseDouble(matcher.group(1)) * unit);
  }
}
