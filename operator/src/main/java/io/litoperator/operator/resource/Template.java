package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.v1alpha1.PodOverrides;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A job's {@code spec.template}, with nothing absent. */
record Template(
    Map<String, String> labels,
    Map<String, String> annotations,
    ResourceRequirements resources,
    List<EnvVar> env,
    List<Volume> volumes,
    List<VolumeMount> volumeMounts,
    Map<String, String> nodeSelector,
    List<Toleration> tolerations,
    Optional<String> serviceAccountName) {

  /**
   * @param overrides null if the job has none
   */
  static Template of(PodOverrides overrides) {
    PodOverrides given =
        overrides != null
            ? overrides
            : new PodOverrides(null, null, null, null, null, null, null, null, null);
    return new Template(
        orEmpty(given.labels()),
        orEmpty(given.annotations()),
        given.resources() != null ? given.resources() : new ResourceRequirementsBuilder().build(),
        orEmpty(given.env()),
        orEmpty(given.volumes()),
        orEmpty(given.volumeMounts()),
        orEmpty(given.nodeSelector()),
        orEmpty(given.tolerations()),
        Optional.ofNullable(given.serviceAccountName()));
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }
}
