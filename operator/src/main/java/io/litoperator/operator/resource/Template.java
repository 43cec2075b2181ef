package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.v1alpha1.PodOverrides;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A job's {@code spec.template}, with nothing absent. */
record Template(
    Map<String, String> labels,
    Map<String, String> annotations,
    ResourceRequirements resources,
    List<PodResourceClaim> resourceClaims,
    List<EnvVar> env,
    List<EnvFromSource> envFrom,
    List<Container> initContainers,
    List<Volume> volumes,
    List<VolumeMount> volumeMounts,
    Map<String, String> nodeSelector,
    Affinity affinity,
    List<Toleration> tolerations,
    Optional<String> runtimeClassName,
    Optional<String> serviceAccountName,
    Optional<String> imagePullPolicy,
    List<LocalObjectReference> imagePullSecrets,
    PodSecurityContext podSecurityContext,
    SecurityContext securityContext,
    Optional<Duration> terminationGracePeriod) {
  private static final PodOverrides NONE =
      new PodOverrides(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null);

  /**
   * @param overrides null if the job has none
   */
  static Template of(PodOverrides overrides) {
    PodOverrides given = overrides != null ? overrides : NONE;
    return new Template(
        orEmpty(given.labels()),
        orEmpty(given.annotations()),
        given.resources() != null ? given.resources() : new ResourceRequirementsBuilder().build(),
        orEmpty(given.resourceClaims()),
        orEmpty(given.env()),
        orEmpty(given.envFrom()),
        orEmpty(given.initContainers()),
        orEmpty(given.volumes()),
        orEmpty(given.volumeMounts()),
        orEmpty(given.nodeSelector()),
        given.affinity() != null ? given.affinity() : new AffinityBuilder().build(),
        orEmpty(given.tolerations()),
        Optional.ofNullable(given.runtimeClassName()),
        Optional.ofNullable(given.serviceAccountName()),
        Optional.ofNullable(given.imagePullPolicy()),
        orEmpty(given.imagePullSecrets()),
        given.podSecurityContext() != null
            ? given.podSecurityContext()
            : new PodSecurityContextBuilder().build(),
        given.securityContext() != null
            ? given.securityContext()
            : new SecurityContextBuilder().build(),
        Optional.ofNullable(given.terminationGracePeriodSeconds()).map(Duration::ofSeconds));
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }
}
