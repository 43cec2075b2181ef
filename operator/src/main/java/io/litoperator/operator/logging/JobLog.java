package io.litoperator.operator.logging;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** Puts the job and its attempt into every line that is logged about it, on this thread. */
public final class JobLog {
  private static final String JOB = "job";
  private static final String ATTEMPT = "attempt";

  private JobLog() {}

  public static <T> T with(LitTrainingJob job, Supplier<T> work) {
    return with(
        job.getMetadata().getNamespace(),
        job.getMetadata().getName(),
        Optional.of(attempt(job)),
        work);
  }

  public static void with(LitTrainingJob job, Runnable work) {
    with(job, () -> ran(work));
  }

  /**
   * @param attempt empty if nothing is known of the job but its name
   */
  public static void with(String namespace, String name, Optional<Integer> attempt, Runnable work) {
    with(namespace, name, attempt, () -> ran(work));
  }

  private static <T> T with(
      String namespace, String name, Optional<Integer> attempt, Supplier<T> work) {
    MDC.put(JOB, namespace + "/" + name);
    attempt.ifPresent(number -> MDC.put(ATTEMPT, number.toString()));
    try {
      return work.get();
    } finally {
      MDC.remove(JOB);
      MDC.remove(ATTEMPT);
    }
  }

  private static Void ran(Runnable work) {
    work.run();
    return null;
  }

  /** A job without a status is at its first. */
  public static int attempt(LitTrainingJob job) {
    return Optional.ofNullable(job.getStatus()).map(LitTrainingJobStatus::attempt).orElse(1);
  }
}
