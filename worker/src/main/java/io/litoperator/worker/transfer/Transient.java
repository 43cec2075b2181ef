package io.litoperator.worker.transfer;

import java.io.IOException;
import java.util.Optional;

/** A failure that may be over when one tries again. */
public final class Transient extends IOException {
  private final transient Optional<String> retryAfter;

  /**
   * @param retryAfter when to try again, as HTTP has it
   */
  public Transient(String message, Optional<String> retryAfter, Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  Optional<String> retryAfter() {
    return retryAfter;
  }
}
