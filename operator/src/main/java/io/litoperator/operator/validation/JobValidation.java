package io.litoperator.operator.validation;

import io.litoperator.api.job.JobJson;
import io.litoperator.api.job.Limits;
import io.litoperator.api.job.Problem;
import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.ResolvedJob;
import java.util.ArrayList;
import java.util.List;

/** What schema and CEL rules cannot say about a job. */
public final class JobValidation {
  /** Bytes that a ConfigMap holds. */
  private static final int LONGEST_TEXT = 1 << 20;

  private JobValidation() {}

  /**
   * Why a job cannot run; empty if nothing is known against it.
   *
   * @param job as an API server has admitted it
   */
  public static List<Problem> problems(LitTrainingJob job) {
    List<Problem> problems = new ArrayList<>();
    problems.addAll(Limits.problems(JobJson.of(job), Venue.CLUSTER));
    problems.addAll(StorageRules.problems(job.getSpec()));
    problems.addAll(ReferenceRules.problems(job.getSpec()));
    problems.addAll(TemplateRules.problems(job.getSpec()));
    problems.addAll(InitContainerRules.problems(job.getSpec()));
    problems.addAll(PodRules.problems(job.getSpec()));
    problems.addAll(QueueRules.problems(job));
    problems.addAll(RecoveryRules.problems(job.getSpec()));
    if (problems.isEmpty()) {
      problems.addAll(length(ResolvedJob.of(job).bytes()));
    }
    return List.copyOf(problems);
  }

  private static List<Problem> length(int bytes) {
    return bytes <= LONGEST_TEXT
        ? List.of()
        : List.of(
            new Problem(
                "spec",
                ("with every default filled in it has %d bytes, and the ConfigMap by which Pods"
                        + " read it holds %d; name task templates by configMapKeyRef, and"
                        + " variables by template.envFrom")
                    .formatted(bytes, LONGEST_TEXT)));
  }
}
