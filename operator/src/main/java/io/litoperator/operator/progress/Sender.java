package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJob;

/** The Pod that a token is bound to, as the API server says. */
record Sender(String namespace, String podName, String podUid) {
  boolean isCoordinatorOf(LitTrainingJob job) {
    return JobName.of(job).isCoordinatedBy(namespace, podName);
  }
}
