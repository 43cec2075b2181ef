package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which field of a job a field of its Pods is made from. */
public final class PodFields {
  private static final String CONTAINER = "spec.containers[0].";
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

  private PodFields() {}

  /**
   * @param pod as it was sent to the API server
   * @param field of the Pod, as the API server names it: {@code spec.tolerations[0].operator}
   * @return the same in the job, {@code spec.template.tolerations[0].operator}; empty where the job
   *     has no say
   */
  public static Optional<String> origin(LitTrainingJobSpec spec, Pod pod, String field) {
    Template template = Template.of(spec.template());
    Container container = pod.getSpec().getContainers().get(0);
    Stream<Part> parts =
        Stream.of(
            new Part(
                "spec.tolerations",
                "tolerations",
                pod.getSpec().getTolerations(),
                template.tolerations()),
            new Part("spec.volumes", "volumes", pod.getSpec().getVolumes(), template.volumes()),
            new Part(
                CONTAINER + "volumeMounts",
                "volumeMounts",
                container.getVolumeMounts(),
                template.volumeMounts()),
            new Part(CONTAINER + "env", "env", container.getEnv(), template.env()));
    return parts
        .flatMap(part -> part.origin(field).stream())
        .findFirst()
        .or(() -> resource(spec, field));
  }

  private static Optional<String> resource(LitTrainingJobSpec spec, String field) {
    if (!field.startsWith(CONTAINER + "resources.")) {
      return Optional.empty();
    }
    if (field.contains("[" + spec.topology().resourceName() + "]")) {
      return Optional.of("spec.topology.resourceName");
    }
    return spec.template() == null || spec.template().resources() == null
        ? Optional.empty()
        : Optional.of("spec.template." + field.substring(CONTAINER.length()));
  }
}
