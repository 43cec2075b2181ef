package io.litoperator.operator.progress;

import java.time.Duration;
import java.util.Optional;

/** A request that is turned away, with what its sender is told. */
final class Refusal extends RuntimeException {
  private static final Duration ANOTHER_LEADS = Duration.ofSeconds(1);

  private final int code;
  private final Duration retryAfter;
  private final boolean sendsElsewhere;

  private Refusal(int code, String message, Duration retryAfter) {
    this(code, message, retryAfter, false);
  }

  private Refusal(int code, String message, Duration retryAfter, boolean sendsElsewhere) {
    // Floods are refused by the thousand: no stack trace.
    super(message, null, false, false);
    this.code = code;
    this.retryAfter = retryAfter;
    this.sendsElsewhere = sendsElsewhere;
  }

  static Refusal malformed(String message) {
    return new Refusal(400, message, null);
  }

  static Refusal unauthenticated(String message) {
    return new Refusal(401, message, null);
  }

  static Refusal forbidden(String message) {
    return new Refusal(403, message, null);
  }

  static Refusal notFound(String message) {
    return new Refusal(404, message, null);
  }

  static Refusal methodNotAllowed() {
    return new Refusal(405, "Only POST is understood here.", null);
  }

  static Refusal tooSlow() {
    return new Refusal(408, "The body did not arrive in time.", null);
  }

  static Refusal stale(String message) {
    return new Refusal(409, message, null);
  }

  static Refusal tooLarge(int limit) {
    return new Refusal(413, "The body must not exceed " + limit + " bytes.", null);
  }

  static Refusal tooOften(String message, Duration retryAfter) {
    return new Refusal(429, message, retryAfter);
  }

  static Refusal unavailable(String message, Duration retryAfter) {
    return new Refusal(503, message, retryAfter);
  }

  /** Only the leader takes reports; a new connection may be given to it. */
  static Refusal notLeading() {
    return new Refusal(503, "This replica does not lead.", ANOTHER_LEADS, true);
  }

  /** Whether another replica may answer, so that this connection is of no more use. */
  boolean sendsElsewhere() {
    return sendsElsewhere;
  }

  /** HTTP status code. */
  int code() {
    return code;
  }

  /** In whole seconds, at least 1, as the header wants it. */
  Optional<Long> retryAfterSeconds() {
    return Optional.ofNullable(retryAfter).map(d -> Math.max(1, d.plusMillis(999).toSeconds()));
  }
}
