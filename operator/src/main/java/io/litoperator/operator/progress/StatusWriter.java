package io.litoperator.operator.progress;

/** Writes what reports have told into a job's status. Blocks. */
@FunctionalInterface
public interface StatusWriter {
  /**
   * @param uid of the job: another one that has since taken its name is left alone
   * @return false if that job is gone
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses, or
   *     cannot be reached
   */
  boolean write(JobName job, String uid, ProgressStatus status);
}
