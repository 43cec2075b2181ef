package io.litoperator.operator.resource;

import io.litoperator.api.v1alpha1.TopologySpec;
import io.litoperator.api.v1alpha1.TopologySpec.Device;
import java.util.List;
import java.util.Optional;

/**
 * The installation's images of the worker, for jobs that name none.
 *
 * @param cpu of jobs with {@code topology.device: cpu}
 * @param cuda of jobs with {@code topology.device: cuda}, and of those that name no device
 * @param pullPolicy Always, IfNotPresent or Never; empty leaves it to Kubernetes
 * @param pullSecrets names of Secrets in the jobs' namespaces
 */
public record WorkerImages(
    String cpu, String cuda, Optional<String> pullPolicy, List<String> pullSecrets) {

  public WorkerImages {
    pullSecrets = List.copyOf(pullSecrets);
  }

  String of(TopologySpec topology) {
    return topology.device() == Device.CPU ? cpu : cuda;
  }
}
