package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.operator.resource.Outward;
import io.litoperator.operator.resource.References;
import io.litoperator.operator.resource.Reserved;
import io.litoperator.operator.resource.Template;
import java.util.List;

/** What a job names beside its Pods; whether it is there only these find out. */
final class ReferenceRules {
  private static final int GREATEST_PORT = 65535;

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
    Outward.all(spec).stream()
        .filter(server -> server.port() < 1 || server.port() > GREATEST_PORT)
        .forEach(
            server ->
                problems.add(
                    server.field(), "%d is no port; they are from 1 to 65535", server.port()));
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
