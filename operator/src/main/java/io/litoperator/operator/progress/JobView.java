package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Jobs and Pods as the informers last saw them. Any thread may ask; no call leaves the process, and
 * nobody changes what is returned.
 */
public interface JobView {
  /** Whether this replica leads and its caches are complete. Reports are turned away until then. */
  boolean ready();

  Optional<LitTrainingJob> job(String namespace, String name);

  Optional<Pod> pod(String namespace, String name);

  /** All jobs of the watched namespaces. */
  Stream<LitTrainingJob> jobs();
}
