package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.PodOverrides;
import io.litoperator.operator.resource.InitContainers;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.Reserved;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The containers that run before the worker's: how they are told from others, and which files they
 * see. What else Kubernetes asks of a container the API server says when it is given the Pod.
 */
final class InitContainerRules {
  private static final String FIELD = "spec.template.initContainers[%d]";

  private final List<Problem> problems = new ArrayList<>();

  private InitContainerRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    PodOverrides template = spec.template();
    if (template == null || template.initContainers() == null) {
      return List.of();
    }
    var rules = new InitContainerRules();
    Set<String> volumes = volumes(template);
    Set<String> names = new HashSet<>();
    List<Container> containers = template.initContainers();
    for (int i = 0; i < containers.size(); i++) {
      String field = FIELD.formatted(i);
      rules.name(field, containers.get(i).getName(), names);
      if (containers.get(i).getImage() == null || containers.get(i).getImage().isBlank()) {
        rules.add(field + ".image", "give the image that it is to run");
      }
      rules.restartPolicy(field, containers.get(i));
      rules.mounts(field, containers.get(i).getVolumeMounts(), volumes);
    }
    return rules.problems;
  }

  private void name(String field, String name, Set<String> names) {
    if (!KubernetesNames.isDnsLabel(name)) {
      add(field + ".name", "'%s' cannot be the name of a container", name);
    } else if (name.equals(JobResources.CONTAINER)) {
      add(field + ".name", "%s is the operator's own container; rename it", name);
    } else if (!names.add(name)) {
      add(field + ".name", "%s is given twice; remove one", name);
    }
  }

  /** An API server leaves out one that it does not know. */
  private void restartPolicy(String field, Container container) {
    if (container.getRestartPolicy() != null && !InitContainers.stays(container)) {
      add(
          field + ".restartPolicy",
          "can be Always alone, for a container that stays beside the worker, and is '%s'",
          container.getRestartPolicy());
    }
  }

  /** Of the operator's, those without the job's keys. */
  private static Set<String> volumes(PodOverrides template) {
    Set<String> names = new HashSet<>(Reserved.REPLACEABLE_VOLUMES);
    if (template.volumes() != null) {
      template.volumes().stream().map(Volume::getName).forEach(names::add);
    }
    return names;
  }

  private void mounts(String container, List<VolumeMount> mounts, Set<String> volumes) {
    for (int i = 0; i < mounts.size(); i++) {
      String name = mounts.get(i).getName();
      if (!volumes.contains(name)) {
        add(
            "%s.volumeMounts[%d].name".formatted(container, i),
            "there is no volume '%s' in spec.template.volumes",
            name);
      }
    }
  }

  private void add(String field, String text, Object... values) {
    problems.add(new Problem(field, text.formatted(values)));
  }
}
