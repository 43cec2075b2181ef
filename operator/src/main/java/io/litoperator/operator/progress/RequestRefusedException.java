package io.litoperator.operator.progress;

import java.time.Duration;
import java.util.Optional;

/** A request that is turned away, with what its sender is told. */
final class RequestRefusedException extends RuntimeException {
  private static final Duration ANOTHER_LEADS = Duration.ofSeconds(1);

  private final int code;
  private final Duration retryAfter;
  private final boolean sendsElsewhere;

  private RequestRefusedException(int code, String message, Duration retryAfter) {
    this(code, message, retryAfter, false);
  }

  private RequestRefusedException(
      int code, String message, Duration retryAfter, boolean sendsElsewhere) {
    // Floods are refused by the thousand: no stack trace.
    super(message, null, false, false);
    this.code = code;
    this.retryAfter = retryAfter;
    this.sendsElsewhere = sendsElsewhere;
  }

  static RequestRefusedException malformed(String message) {
    return new RequestRefusedException(400, message, null);
  }

  static RequestRefusedException unauthenticated(String message) {
    return new RequestRefusedException(401, message, null);
  }

  static RequestRefusedException forbidden(String message) {
    return new RequestRefusedException(403, message, null);
  }

  static RequestRefusedException notFound(String message) {
    return new RequestRefusedException(404, message, null);
  }

  static RequestRefusedException methodNotAllowed() {
    return new RequestRefusedException(405, "Only POST is understood here.", null);
  }

  static RequestRefusedException tooSlow() {
    return new RequestRefusedException(408, "The body did not arrive in time.", null);
  }

  static RequestRefusedException stale(String message) {
    return new RequestRefusedException(409, message, null);
  }

  static RequestRefusedException tooLarge(int limit) {
    return new RequestRefusedException(413, "The body must not exceed " + limit + " bytes.", null);
  }

  static RequestRefusedException tooOften(String message, Duration retryAfter) {
    return new RequestRefusedException(429, message, retryAfter);
  }

  static RequestRefusedException unavailable(String message, Duration retryAfter) {
    return new RequestRefusedException(503, message, retryAfter);
  }

  /** Only the leader takes reports; a new connection may be given to it. */
  static RequestRefusedException notLeading() {
    return new RequestRefusedException(503, "This replica does not lead.", ANOTHER_LEADS, true);
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
