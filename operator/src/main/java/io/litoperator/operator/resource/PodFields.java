package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.PodOverrides;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which field of a job a field of its Pods is made from. */
public final class PodFields {
  private static final String CONTAINER = "spec.containers[0].";
  private static final Pattern REQUESTS =
      Pattern.compile("spec\\.(containers|initContainers)\\[([0-9]{1,6})]\\.resources\\.requests");
  private static final Pattern ITEM = Pattern.compile("\\[([0-9]{1,6})](.*)");

  /**
   * A part of the template that is found again in the Pod.
   *
   * @param path of the list in the Pod
   * @param name of the list in the template
   * @param sent what the Pod has
   * @param own what the template has, which is among it
   */
  private record Part(String path, String name, List<?> sent, List<?> own) {
    private Optional<String> origin(String field) {
      if (!field.startsWith(path)) {
        return Optional.empty();
      }
      Matcher item = ITEM.matcher(field.substring(path.length()));
      if (!item.matches() || Integer.parseInt(item.group(1)) >= sent.size()) {
        return Optional.empty();
      }
      int index = own.indexOf(sent.get(Integer.parseInt(item.group(1))));
      return index < 0
          ? Optional.empty()
          : Optional.of("spec.template.%s[%d]%s".formatted(name, index, item.group(2)));
    }
  }

  /**
   * A field of the template that the Pod has as it is.
   *
   * @param path in the Pod
   * @param name in the template
   * @param own what the template says; null if nothing
   */
  private record Field(String path, String name, Object own) {
    private Optional<String> origin(String field) {
      boolean within =
          field.startsWith(path)
              && (field.length() == path.length()
                  || ".[".indexOf(field.charAt(path.length())) >= 0);
      return own != null && within
          ? Optional.of("spec.template." + name + field.substring(path.length()))
          : Optional.empty();
    }
  }

  private PodFields() {}

  /**
   * @param pod as it was sent to the API server
   * @param field of the Pod, as the API server names it: {@code spec.tolerations[0].operator}
   * @return the same in the job, {@code spec.template.tolerations[0].operator}; empty where the job
   *     has no say
   */
  public static Optional<String> origin(LitTrainingJobSpec spec, Pod pod, String field) {
    if (field.startsWith(CONTAINER + "resources.")
        && field.contains("[" + spec.topology().resourceName() + "]")) {
      return Optional.of("spec.topology.resourceName");
    }
    if (spec.template() == null || mayBeAboveAnothersLimit(field, pod.getSpec())) {
      return Optional.empty();
    }
    return parts(pod, Template.of(spec.template()))
        .flatMap(part -> part.origin(field).stream())
        .findFirst()
        .or(() -> fields(spec.template()).flatMap(own -> own.origin(field).stream()).findFirst());
  }

  /** Where the job gives no limit, a LimitRange may have, and below what the job requests. */
  private static boolean mayBeAboveAnothersLimit(String field, PodSpec sent) {
    Matcher requests = REQUESTS.matcher(field);
    if (!requests.matches()) {
      return false;
    }
    List<Container> containers =
        requests.group(1).equals("containers") ? sent.getContainers() : sent.getInitContainers();
    return containers.stream()
        .skip(Integer.parseInt(requests.group(2)))
        .limit(1)
        .map(Container::getResources)
        .filter(Objects::nonNull)
        .anyMatch(own -> !own.getLimits().keySet().containsAll(own.getRequests().keySet()));
  }

  private static Stream<Part> parts(Pod pod, Template template) {
    PodSpec sent = pod.getSpec();
    Container container = sent.getContainers().get(0);
    return Stream.of(
        new Part("spec.tolerations", "tolerations", sent.getTolerations(), template.tolerations()),
        new Part("spec.volumes", "volumes", sent.getVolumes(), template.volumes()),
        new Part(
            "spec.imagePullSecrets",
            "imagePullSecrets",
            sent.getImagePullSecrets(),
            template.imagePullSecrets()),
        new Part(
            CONTAINER + "volumeMounts",
            "volumeMounts",
            container.getVolumeMounts(),
            template.volumeMounts()),
        new Part(
            "spec.initContainers",
            "initContainers",
            template.initContainers(),
            template.initContainers()),
        new Part(CONTAINER + "envFrom", "envFrom", container.getEnvFrom(), template.envFrom()),
        new Part(CONTAINER + "env", "env", container.getEnv(), template.env()));
  }

  private static Stream<Field> fields(PodOverrides template) {
    return Stream.of(
        new Field("metadata.labels", "labels", template.labels()),
        new Field("metadata.annotations", "annotations", template.annotations()),
        new Field("spec.nodeSelector", "nodeSelector", template.nodeSelector()),
        new Field("spec.affinity", "affinity", template.affinity()),
        new Field("spec.hostNetwork", "hostNetwork", template.hostNetwork()),
        new Field("spec.runtimeClassName", "runtimeClassName", template.runtimeClassName()),
        new Field("spec.resourceClaims", "resourceClaims", template.resourceClaims()),
        new Field("spec.securityContext", "podSecurityContext", template.podSecurityContext()),
        new Field(
            "spec.terminationGracePeriodSeconds",
            "terminationGracePeriodSeconds",
            template.terminationGracePeriodSeconds()),
        new Field(CONTAINER + "securityContext", "securityContext", template.securityContext()),
        new Field(CONTAINER + "imagePullPolicy", "imagePullPolicy", template.imagePullPolicy()),
        new Field(CONTAINER + "resources", "resources", template.resources()));
  }
}
