package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.InitContainers;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.Reserved;
import io.litoperator.operator.resource.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The containers that run before the worker's: how they are told from others, and which files they
 * see. What else Kubernetes asks of a container the API server says when it is given the Pod.
 */
final class InitContainerRules {
  private final Problems problems = Problems.of("spec.template.initContainers");

  private InitContainerRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    Template template = Template.of(spec.template());
    var rules = new InitContainerRules();
    Set<String> volumes = volumes(template);
    Set<String> names = new HashSet<>();
    List<Container> containers = template.initContainers();
    for (int i = 0; i < containers.size(); i++) {
      String field = "[" + i + "]";
      rules.name(field, containers.get(i).getName(), names);
      if (containers.get(i).getImage() == null || containers.get(i).getImage().isBlank()) {
        rules.problems.add(field + ".image", "give the image that it is to run");
      }
      rules.restartPolicy(field, containers.get(i));
      rules.mounts(field, containers.get(i).getVolumeMounts(), volumes);
    }
    return rules.problems.found();
  }

  private void name(String field, String name, Set<String> names) {
    if (!KubernetesNames.isDnsLabel(name)) {
      problems.add(field + ".name", "'%s' cannot be the name of a container", name);
    } else if (name.equals(JobResources.CONTAINER)) {
      problems.add(field + ".name", "%s is the operator's own container; rename it", name);
    } else if (!names.add(name)) {
      problems.add(field + ".name", "%s is given twice; remove one", name);
    }
  }

  /** An API server leaves out one that it does not know. */
  private void restartPolicy(String field, Container container) {
    if (container.getRestartPolicy() != null && !InitContainers.stays(container)) {
      problems.add(
          field + ".restartPolicy",
          "can be Always alone, for a container that stays beside the worker, and is '%s'",
          container.getRestartPolicy());
    }
  }

  /** Of the operator's, those without the job's keys. */
  private static Set<String> volumes(Template template) {
    Set<String> names = new HashSet<>(Reserved.REPLACEABLE_VOLUMES);
    template.volumes().stream().map(Volume::getName).forEach(names::add);
    return names;
  }

  private void mounts(String container, List<VolumeMount> mounts, Set<String> volumes) {
    for (int i = 0; i < mounts.size(); i++) {
      String name = mounts.get(i).getName();
      if (!volumes.contains(name)) {
        problems.add(
            container + ".volumeMounts[" + i + "].name",
            "there is no volume '%s' in spec.template.volumes",
            name);
      }
    }
  }
}
