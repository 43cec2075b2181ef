package io.litoperator.worker.transfer;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before a service that failed is asked again. */
public class Backoff {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final long FIRST_MILLIS = 1000;

  /** Waits; to be replaced where time is not to pass. */
  public void await(int attempt, Optional<String> retryAfter) throws InterruptedException {
    Thread.sleep(delay(attempt, retryAfter, ZonedDateTime.now()).toMillis());
  }

  /**
   * The time that the service names, else a random one between half and all of a second, doubled
   * with each attempt; two minutes at most.
   *
   * @param attempt that failed, from 1
   * @param retryAfter seconds or a date, as HTTP has it
   */
  public static Duration delay(int attempt, Optional<String> retryAfter, ZonedDateTime now) {
    Duration delay =
        retryAfter
            .flatMap(value -> named(value.strip(), now))
            .orElseGet(
                () -> {
                  long most = FIRST_MILLIS << Math.min(attempt - 1, 16);
                  return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most));
                });
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }

  private static Optional<Duration> named(String value, ZonedDateTime now) {
    if (value.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
    }
    try {
      Duration left =
          Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
