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

  /**
   * @param destination as people find it
   * @param what happened to it, as a clause
   */
  static Failure of(String destination, String what, IOException cause) {
    return of(
        "Checkpoint folder %s %s (%s); check its permissions and the disk."
            .formatted(destination, what, Failure.reason(cause)),
        cause);
  }
}
