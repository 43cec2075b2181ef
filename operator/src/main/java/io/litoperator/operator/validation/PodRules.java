package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodAffinity;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.ResourceClaim;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a job's template names beside the Pods, and how they are placed. */
final class PodRules {
  private final Problems problems = Problems.of("spec.template.");

  private PodRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    Template template = Template.of(spec.template());
    var rules = new PodRules();
    template.serviceAccountName().ifPresent(name -> rules.name("serviceAccountName", name));
    template.runtimeClassName().ifPresent(name -> rules.name("runtimeClassName", name));
    List<LocalObjectReference> secrets = template.imagePullSecrets();
    for (int i = 0; i < secrets.size(); i++) {
      rules.name("imagePullSecrets[" + i + "].name", secrets.get(i).getName());
    }
    Set<String> claims = rules.claims(template.resourceClaims());
    rules.usesOfClaims(template.resources().getClaims(), claims);
    if (spec.scheduling() != null && spec.scheduling().topologyKey() != null) {
      rules.besideTopologyKey(template.affinity());
    }
    return rules.problems.found();
  }

  private void name(String field, String name) {
    if (!KubernetesNames.isDnsSubdomain(name)) {
      problems.add(field, "'%s' cannot be a name", name);
    }
  }

  private Set<String> claims(List<PodResourceClaim> claims) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < claims.size(); i++) {
      String name = claims.get(i).getName();
      String field = "resourceClaims[" + i + "].name";
      if (!KubernetesNames.isDnsLabel(name)) {
        problems.add(field, "'%s' cannot be the name of a claim", name);
      } else if (!names.add(name)) {
        problems.add(field, "%s is given twice; remove one", name);
      }
    }
    return names;
  }

  private void usesOfClaims(List<ResourceClaim> uses, Set<String> claims) {
    for (int i = 0; i < uses.size(); i++) {
      if (!claims.contains(uses.get(i).getName())) {
        problems.add(
            "resources.claims[" + i + "].name",
            "there is no claim '%s' in spec.template.resourceClaims",
            uses.get(i).getName());
      }
    }
  }

  /**
   * The scheduler counts only Pods that all required terms of a Pod match, so that the job's first
   * Pod would wait for ever for one that is the job's and another's.
   */
  private void besideTopologyKey(Affinity affinity) {
    PodAffinity pods = affinity.getPodAffinity();
    if (pods != null && !pods.getRequiredDuringSchedulingIgnoredDuringExecution().isEmpty()) {
      problems.add(
          "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution",
          "with spec.scheduling.topologyKey no Pod could be placed, as a scheduler looks for one"
              + " that all terms mean; prefer it instead, or remove one of the two");
    }
  }
}
