package io.litoperator.operator.validation;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.ResourceClaim;
import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.PodOverrides;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a job's template names beside the Pods, and how they are placed. */
final class PodRules {
  private static final String TEMPLATE = "spec.template.";

  private final List<Problem> problems = new ArrayList<>();

  private PodRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    PodOverrides template = spec.template();
    if (template == null) {
      return List.of();
    }
    var rules = new PodRules();
    rules.name("serviceAccountName", template.serviceAccountName());
    rules.name("runtimeClassName", template.runtimeClassName());
    List<LocalObjectReference> secrets = orEmpty(template.imagePullSecrets());
    for (int i = 0; i < secrets.size(); i++) {
      rules.requiredName("imagePullSecrets[" + i + "].name", secrets.get(i).getName());
    }
    Set<String> claims = rules.claims(orEmpty(template.resourceClaims()));
    rules.usesOfClaims(template, claims);
    if (spec.scheduling() != null && spec.scheduling().topologyKey() != null) {
      rules.besideTopologyKey(template.affinity());
    }
    return rules.problems;
  }

  private void name(String field, String name) {
    if (name != null) {
      requiredName(field, name);
    }
  }

  private void requiredName(String field, String name) {
    if (!KubernetesNames.isDnsSubdomain(name)) {
      add(field, "'%s' cannot be a name", name);
    }
  }

  private Set<String> claims(List<PodResourceClaim> claims) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < claims.size(); i++) {
      String name = claims.get(i).getName();
      String field = "resourceClaims[" + i + "].name";
      if (!KubernetesNames.isDnsLabel(name)) {
        add(field, "'%s' cannot be the name of a claim", name);
      } else if (!names.add(name)) {
        add(field, "%s is given twice; remove one", name);
      }
    }
    return names;
  }

  private void usesOfClaims(PodOverrides template, Set<String> claims) {
    List<ResourceClaim> uses =
        template.resources() == null ? List.of() : orEmpty(template.resources().getClaims());
    for (int i = 0; i < uses.size(); i++) {
      if (!claims.contains(uses.get(i).getName())) {
        add(
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
    List<PodAffinityTerm> required =
        Optional.ofNullable(affinity)
            .map(Affinity::getPodAffinity)
            .map(pods -> orEmpty(pods.getRequiredDuringSchedulingIgnoredDuringExecution()))
            .orElse(List.of());
    if (!required.isEmpty()) {
      add(
          "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution",
          "with spec.scheduling.topologyKey no Pod could be placed, as a scheduler looks for one"
              + " that all terms mean; prefer it instead, or remove one of the two");
    }
  }

  private void add(String field, String text, Object... values) {
    problems.add(new Problem(TEMPLATE + field, text.formatted(values)));
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }
}
