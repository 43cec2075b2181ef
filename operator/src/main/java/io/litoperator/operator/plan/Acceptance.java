package io.litoperator.operator.plan;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.validation.JobValidation;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a job can be run. A job is accepted once and for all: by this operator's rules when it is
 * first seen, by the API server's with its first Pod. What a newer version of either demands ends
 * no job that was accepted. What is looked at cannot be changed later, but for the label with the
 * job's queue: the next gang queues where it says by then.
 */
final class Acceptance {
  private Acceptance() {}

  /** Why it never can; empty if nothing is known against it. */
  static Optional<Problem> problem(Snapshot snapshot) {
    if (hasHadPods(snapshot)) {
      return Optional.empty();
    }
    Stream<Problem> own =
        isKnown(snapshot) ? Stream.empty() : JobValidation.problems(snapshot.job()).stream();
    return own.findFirst().or(() -> snapshot.refusal().flatMap(Refusal::fault));
  }

  private static boolean isKnown(Snapshot snapshot) {
    return snapshot.status().map(LitTrainingJobStatus::observedGeneration).isPresent();
  }

  /** The first may precede the first status. */
  private static boolean hasHadPods(Snapshot snapshot) {
    Course recorded = Courses.recorded(snapshot);
    return !snapshot.workers().isEmpty()
        || recorded.attempt() > 1
        || recorded.members().stream().anyMatch(member -> member.podUid() != null);
  }
}
