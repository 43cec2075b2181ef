package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a job is found. */
public record JobName(String namespace, String name) {
  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

  private static final Pattern PROGRESS_PATH =
      Pattern.compile(
          "/apis/lit-operator\\.io/v1alpha1/namespaces/(%s)/littrainingjobs/(%s)/progress"
              .formatted(LABEL, LABEL));

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

  /** The Pod of node 0, which coordinates. */
  String coordinatorPod() {
    return name + "-0";
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
