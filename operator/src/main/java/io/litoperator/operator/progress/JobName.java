package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.JobResources;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a job is found. */
public record JobName(String namespace, String name) {
  /** The pattern of a name, within text that is quoted. */
  private static final String LABEL = "\\E([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\\Q";

  private static final Pattern PROGRESS_PATH =
      Pattern.compile("\\Q" + JobResources.reportPath(LABEL, LABEL) + "\\E");

  static JobName of(LitTrainingJob job) {
    return new JobName(job.getMetadata().getNamespace(), job.getMetadata().getName());
  }

  /** The job whose progress endpoint this is; empty for any other path. */
  static Optional<JobName> ofProgressPath(String path) {
    Matcher matcher = PROGRESS_PATH.matcher(path);
    return matcher.matches()
        ? Optional.of(new JobName(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  /** Whether a Pod of this name coordinates the job. */
  boolean isCoordinatedBy(String podNamespace, String podName) {
    return namespace.equals(podNamespace) && coordinatorPod().equals(podName);
  }

  /** The Pod of node 0, which coordinates. */
  String coordinatorPod() {
    return JobResources.podName(name, 0);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
