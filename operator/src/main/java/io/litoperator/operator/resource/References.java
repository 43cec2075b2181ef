package io.litoperator.operator.resource;

import io.litoperator.api.v1alpha1.EvaluateSpec;
import io.litoperator.api.v1alpha1.EvaluateSpec.Judge;
import io.litoperator.api.v1alpha1.EvaluateSpec.SecretKey;
import io.litoperator.api.v1alpha1.FinetuneSpec;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.ObjectiveSpec;
import io.litoperator.api.v1alpha1.ObjectiveSpec.ConfigMapKey;
import java.util.Optional;

/**
 * What a job names in its namespace besides claims. Pods refer to it, and the kubelet reads it: the
 * operator needs no right to.
 */
public final class References {
  private References() {}

  /** The entry with the task templates. */
  public static Optional<ConfigMapKey> templates(LitTrainingJobSpec spec) {
    return Optional.ofNullable(spec.finetune())
        .map(FinetuneSpec::objective)
        .map(ObjectiveSpec::templates)
        .map(ObjectiveSpec.Templates::configMapKeyRef);
  }

  /** The entry with the judge's API key. */
  public static Optional<SecretKey> judgeKey(LitTrainingJobSpec spec) {
    return judge(spec).map(Judge::secretKeyRef);
  }

  static Optional<Judge> judge(LitTrainingJobSpec spec) {
    return Optional.ofNullable(spec.evaluate()).map(EvaluateSpec::judge);
  }
}
