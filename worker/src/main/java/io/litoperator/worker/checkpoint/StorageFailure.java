package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.BucketFault;
import java.io.IOException;

/** What it means for a run that its destination cannot be used. */
final class StorageFailure {
  private StorageFailure() {}

  /**
   * @param sentence that tells it
   * @return {@code STORAGE}; {@code INPUT_MISSING} for a bucket that is not there or not for these
   *     credentials, since trying again is of no use
   */
  static Failure of(String sentence, IOException cause) {
    return cause instanceof BucketFault
        ? new Failure(
            ExitCode.INPUT_MISSING,
            "spec.checkpoints.destination: %s.".formatted(cause.getMessage()),
            cause)
        : new Failure(ExitCode.STORAGE, sentence, cause);
  }
}
