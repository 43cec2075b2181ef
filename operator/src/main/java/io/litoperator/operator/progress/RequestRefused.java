package io.litoperator.operator.progress;

import java.time.Duration;
import java.util.Optional;

/** A request that is turned away, with what its sender is told. */
final class RequestRefused extends RuntimeException {
  private static final Duration ANOTHER_LEADS = Duration.ofSeconds(1);

  private final int code;
  private final Duration retryAfter;
  private final boolean sendsElsewhere;

  private RequestRefused(int code, String message, Duration retryAfter) {
    this(code, message, retryAfter, false);
  }

  private RequestRefused(int code, String message, Duration retryAfter, boolean sendsElsewhere) {
    // Floods are refused by the thousand: no stack trace.
    super(message, null, false, false);
    this.code = code;
    this.retryAfter = retryAfter;
    this.sendsElsewhere = sendsElsewhere;
  }

  static RequestRefused malformed(String message) {
    return new RequestRefused(400, message, null);
  }

  static RequestRefused unauthenticated(String message) {
    return new RequestRefused(401, message, null);
  }

  static RequestRefused forbidden(String message) {
    return new RequestRefused(403, message, null);
  }

  static RequestRefused notFound(String message) {
    return new RequestRefused(404, message, null);
  }

  static RequestRefused methodNotAllowed() {
    return new RequestRefused(405, "Only POST is understood here.", null);
  }

  static RequestRefused tooSlow() {
    return new RequestRefused(408, "The body did not arrive in time.", null);
  }

  static RequestRefused stale(String message) {
    return new RequestRefused(409, message, null);
  }

  static RequestRefused tooLarge(int limit) {
    return new RequestRefused(413, "The body must not exceed " + limit + " bytes.", null);
  }

  static RequestRefused tooOften(String message, Duration retryAfter) {
    return new RequestRefused(429, message, retryAfter);
  }

  static RequestRefused unavailable(String message, Duration retryAfter) {
    return new RequestRefused(503, message, retryAfter);
  }

  /** Only the leader takes reports; a new connection may be given to it. */
  static RequestRefused notLeading() {
    return new RequestRefused(503, "This replica does not lead.", ANOTHER_LEADS, true);
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
