package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.v1alpha1.PodOverrides;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A job's {@code spec.template}, with nothing absent. */
public record Template(
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
    boolean hostNetwork,
    Optional<Duration> terminationGracePeriod) {
  private static final PodOverrides NONE =
      new PodOverrides(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null);

  /**
   * @param overrides null if the job has none
   */
  public static Template of(PodOverrides overrides) {
    PodOverrides given = overrides != null ? overrides : NONE;
    return new Template(
        orEmpty(given.labels()),
        orEmpty(given.annotations()),
        Objects.requireNonNullElseGet(given.resources(), ResourceRequirements::new),
        orEmpty(given.resourceClaims()),
        orEmpty(given.env()),
        orEmpty(given.envFrom()),
        orEmpty(given.initContainers()),
        orEmpty(given.volumes()),
        orEmpty(given.volumeMounts()),
        orEmpty(given.nodeSelector()),
        Objects.requireNonNullElseGet(given.affinity(), Affinity::new),
        orEmpty(given.tolerations()),
        Optional.ofNullable(given.runtimeClassName()),
        Optional.ofNullable(given.serviceAccountName()),
        Optional.ofNullable(given.imagePullPolicy()),
        orEmpty(given.imagePullSecrets()),
        Objects.requireNonNullElseGet(given.podSecurityContext(), PodSecurityContext::new),
        Objects.requireNonNullElseGet(given.securityContext(), SecurityContext::new),
        Boolean.TRUE.equals(given.hostNetwork()),
        Optional.ofNullable(given.terminationGracePeriodSeconds()).map(Duration::ofSeconds));
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return Objects.requireNonNullElseGet(map, Map::of);
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return Objects.requireNonNullElseGet(list, List::of);
  }
}
