package io.litoperator.operator.reconcile;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** Puts the job and its attempt into every line that is logged about it. */
final class JobLog {
  private static final String JOB = "job";
  private static final String ATTEMPT = "attempt";

  private JobLog() {}

  static <T> T with(LitTrainingJob job, Supplier<T> work) {
    MDC.put(JOB, job.getMetadata().getNamespace() + "/" + job.getMetadata().getName());
    MDC.put(ATTEMPT, attempt(job));
    try {
      return work.get();
    } finally {
      MDC.remove(JOB);
      MDC.remove(ATTEMPT);
    }
  }

  /** A job without a status is at its first. */
  private static String attempt(LitTrainingJob job) {
    return job.getStatus() == null || job.getStatus().attempt() == null
        ? "1"
        : job.getStatus().attempt().toString();
  }
}
