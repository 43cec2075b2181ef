package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.Reserved;
import io.litoperator.operator.resource.Template;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a job adds to its Pods: of forms that Kubernetes takes, and beside what is the operator's.
 */
final class TemplateRules {
  private final Problems problems = Problems.of("spec.template.");

  private TemplateRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    Template template = Template.of(spec.template());
    var rules = new TemplateRules();
    rules.keys("labels", template.labels());
    rules.values("labels", template.labels());
    rules.keys("annotations", template.annotations());
    rules.selector(template.nodeSelector());
    rules.environment(template.env());
    rules.sources(template.envFrom());
    Set<String> volumes = rules.volumes(template.volumes());
    rules.mounts(template.volumeMounts(), volumes);
    rules.resources(template.resources(), spec.topology().resourceName());
    return rules.problems.found();
  }

  private void keys(String field, Map<String, String> map) {
    for (String key : map.keySet()) {
      if (!KubernetesNames.isKey(key)) {
        problems.add(field, "'%s' cannot be a key", key);
      } else if (key.equals(Kueue.QUEUE_NAME)) {
        problems.add(
            field, "'%s' is given by spec.scheduling.queueName, or as a label of the job", key);
      } else if (Reserved.isKey(key)) {
        problems.add(field, "'%s' is the operator's to set; remove it", key);
      }
    }
  }

  private void values(String field, Map<String, String> map) {
    map.forEach(
        (key, value) -> {
          if (!KubernetesNames.isLabelValue(value)) {
            problems.add(field, "'%s' cannot be the value of label '%s'", value, key);
          }
        });
  }

  private void selector(Map<String, String> selector) {
    for (String key : selector.keySet()) {
      if (!KubernetesNames.isKey(key)) {
        problems.add("nodeSelector", "'%s' cannot be a key", key);
      }
    }
    values("nodeSelector", selector);
  }

  private void environment(List<EnvVar> env) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < env.size(); i++) {
      String name = env.get(i).getName();
      String field = "env[" + i + "].name";
      if (!KubernetesNames.isEnvironmentVariable(name)) {
        problems.add(field, "'%s' cannot be the name of a variable", name);
      } else if (Reserved.ENVIRONMENT.contains(name)) {
        problems.add(field, "%s is the operator's to set; remove it", name);
      } else if (!seen.add(name)) {
        problems.add(field, "%s is given twice; remove one", name);
      }
    }
  }

  private void sources(List<EnvFromSource> sources) {
    for (int i = 0; i < sources.size(); i++) {
      EnvFromSource source = sources.get(i);
      String field = "envFrom[" + i + "]";
      if ((source.getConfigMapRef() == null) == (source.getSecretRef() == null)) {
        problems.add(field, "give either configMapRef or secretRef");
      } else if (source.getSecretRef() != null) {
        source(field + ".secretRef", source.getSecretRef().getName());
      } else {
        source(field + ".configMapRef", source.getConfigMapRef().getName());
      }
      String prefix = source.getPrefix();
      if (prefix != null && !prefix.isEmpty() && !KubernetesNames.isEnvironmentVariable(prefix)) {
        problems.add(field + ".prefix", "'%s' cannot begin the name of a variable", prefix);
      }
    }
  }

  private void source(String field, String name) {
    if (!KubernetesNames.isDnsSubdomain(name)) {
      problems.add(field + ".name", "'%s' cannot be a name", name);
    }
  }

  private Set<String> volumes(List<Volume> volumes) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < volumes.size(); i++) {
      String name = volumes.get(i).getName();
      String field = "volumes[" + i + "].name";
      boolean replaces = Reserved.REPLACEABLE_VOLUMES.contains(name);
      if (!KubernetesNames.isDnsLabel(name)) {
        problems.add(field, "'%s' cannot be the name of a volume", name);
      } else if (name.startsWith(Reserved.VOLUME_PREFIX) && !replaces) {
        problems.add(
            field, "names with '%s' are the operator's; rename it", Reserved.VOLUME_PREFIX);
      } else if (!names.add(name)) {
        problems.add(field, "%s is given twice; remove one", name);
      } else if (replaces && !isOfOnePod(volumes.get(i))) {
        problems.add(
            "volumes[" + i + "]", "each Pod needs its own; give ephemeral, emptyDir or csi");
      }
    }
    return names;
  }

  private static boolean isOfOnePod(Volume volume) {
    return volume.getEphemeral() != null || volume.getEmptyDir() != null || volume.getCsi() != null;
  }

  private void mounts(List<VolumeMount> mounts, Set<String> volumes) {
    Set<Path> seen = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      VolumeMount mount = mounts.get(i);
      String field = "volumeMounts[" + i + "]";
      if (!volumes.contains(mount.getName())) {
        problems.add(
            field + ".name", "there is no volume '%s' in spec.template.volumes", mount.getName());
      }
      String path = mount.getMountPath();
      if (path == null || !path.startsWith("/") || path.contains(":")) {
        problems.add(field + ".mountPath", "'%s' must be an absolute path without a colon", path);
      } else if (overlapsReserved(Path.of(path).normalize())) {
        problems.add(field + ".mountPath", "%s is the operator's; mount it elsewhere", path);
      } else if (!seen.add(Path.of(path).normalize())) {
        problems.add(field + ".mountPath", "%s is given twice; remove one", path);
      }
    }
  }

  private static boolean overlapsReserved(Path path) {
    return Reserved.FOLDERS.stream()
        .map(Path::of)
        .anyMatch(folder -> path.startsWith(folder) || folder.startsWith(path));
  }

  private void resources(ResourceRequirements resources, String device) {
    Map<String, Quantity> requests = resources.getRequests();
    Map<String, Quantity> limits = resources.getLimits();
    quantities("resources.requests", requests, device);
    quantities("resources.limits", limits, device);
    requests.forEach(
        (name, request) -> {
          Quantity limit = limits.get(name);
          if (limit != null
              && isQuantity(request)
              && isQuantity(limit)
              && request.compareTo(limit) > 0) {
            problems.add(
                "resources.requests." + name, "%s is above the limit of %s", request, limit);
          }
        });
  }

  private void quantities(String field, Map<String, Quantity> quantities, String device) {
    quantities.forEach(
        (name, quantity) -> {
          if (!isQuantity(quantity)) {
            problems.add(
                field + "." + name, "'%s' is not a quantity; give one as 500m, 2 or 8Gi", quantity);
          } else if (name.equals(device)) {
            problems.add(
                field + "." + name, "devices come from spec.topology.ranksPerNode; remove it");
          }
        });
  }

  private static boolean isQuantity(Quantity quantity) {
    try {
      return quantity.getNumericalAmount().signum() >= 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
