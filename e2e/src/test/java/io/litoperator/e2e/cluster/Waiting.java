package io.litoperator.e2e.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** For things of this machine that tell nobody when they are there. */
final class Waiting {
  private Waiting() {}

  static void until(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(50))
        .until(condition::getAsBoolean);
  }
}
