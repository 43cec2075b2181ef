package io.litoperator.worker.model.published;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;

/** A model that one side has and the other cannot hold; the message is a clause without a dot. */
public final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unsupported(String clause) {
    super(clause);
  }

  /** As a fault of a file, or of what was asked for. */
  public Failure in(Object where, ExitCode code) {
    return new Failure(code, where + ": " + getMessage() + ".", this);
  }
}
