package io.litoperator.chart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Objects that the chart makes. */
record Manifests(List<HasMetadata> objects) {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^---$");

  static Manifests parse(String documents) {
    return new Manifests(
        SEPARATOR
            .splitAsStream(documents)
            .filter(document -> document.lines().anyMatch(line -> line.startsWith("kind:")))
            .map(document -> (HasMetadata) YAML.unmarshal(document))
            .toList());
  }

  <T extends HasMetadata> Stream<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast);
  }

  /** Of a kind that is not Kubernetes' own. */
  Stream<GenericKubernetesResource> all(String kind) {
    return all(GenericKubernetesResource.class).filter(object -> object.getKind().equals(kind));
  }

  <T extends HasMetadata> T only(Class<T> type) {
    List<T> found = all(type).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "One %s is wanted, not %d".formatted(type.getSimpleName(), found.size()));
    }
    return found.get(0);
  }
}
