package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * How nodes meet that people start, each by itself, and that nobody replaces.
 *
 * @param patience how long nodes wait for one another
 * @param terms what each was started for, in words that must be the same on all
 */
public record Appointment(Duration patience, String terms) {
  /**
   * Looks, for another node, whether the first one may still come.
   *
   * @param sinceNanos when the waiting began
   * @param came whether it was there
   * @param why it is not
   * @throws Failure {@code PEER_LOST} if it was lost, or the patience is over
   */
  void requireKept(long sinceNanos, boolean came, String coordinator, IOException why) {
    if (came) {
      throw new Failure(
          ExitCode.PEER_LOST, "The first node, %s, was lost.".formatted(coordinator), why);
    }
    Duration waited = Duration.ofNanos(System.nanoTime() - sinceNanos);
    if (waited.compareTo(patience) > 0) {
      throw new Failure(
          ExitCode.PEER_LOST,
          "The first node did not answer at %s within %d s (%s); see that it was started, and that the network lets this one connect."
              .formatted(coordinator, waited.toSeconds(), reason(why)),
          why);
    }
  }

  /** Java tells of an unknown host by its name alone. */
  private static String reason(IOException why) {
    return why instanceof UnknownHostException ? "the name is unknown" : why.getMessage();
  }

  static Failure withAnotherSecret(String coordinator, IOException cause) {
    return new Failure(
        ExitCode.INVALID,
        "The first node, %s, was started with another LIT_SECRET than this one; give all nodes the same, or none."
            .formatted(coordinator),
        cause);
  }
}
