package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.References;
import io.litoperator.operator.resource.Reserved;
import io.litoperator.operator.resource.Template;
import java.util.List;

/** The ConfigMap and the Secret that a job names; whether they are there only its Pods find out. */
final class ReferenceRules {
  private ReferenceRules() {}

  static List<Problem> problems(LitTrainingJobSpec spec) {
    Problems problems = Problems.of("");
    References.templates(spec)
        .ifPresent(
            ref ->
                check(
                    "spec.finetune.objective.templates.configMapKeyRef",
                    ref.name(),
                    ref.key(),
                    problems));
    References.judgeKey(spec)
        .ifPresent(
            ref -> {
              check("spec.evaluate.judge.secretKeyRef", ref.name(), ref.key(), problems);
              if (setsJudgeKey(spec)) {
                problems.add(
                    "spec.evaluate.judge.secretKeyRef",
                    "spec.template.env sets %s as well; remove one",
                    Reserved.JUDGE_KEY);
              }
            });
    return problems.found();
  }

  private static void check(String field, String name, String key, Problems problems) {
    if (!KubernetesNames.isDnsSubdomain(name)) {
      problems.add(field + ".name", "'%s' cannot be a name", name);
    }
    if (!KubernetesNames.isEntry(key)) {
      problems.add(field + ".key", "'%s' cannot be an entry's key", key);
    }
  }

  private static boolean setsJudgeKey(LitTrainingJobSpec spec) {
    return Template.of(spec.template()).env().stream()
        .anyMatch(variable -> Reserved.JUDGE_KEY.equals(variable.getName()));
  }
}
