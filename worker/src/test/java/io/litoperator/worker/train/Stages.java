package io.litoperator.worker.train;

import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Fine-tunes as the fixtures have them: AdamW with a constant rate of 1e-3. Steps may have several
 * micro-batches, so that their gradients stay.
 */
record Stages(
    Set<ModelPart> trainable,
    Map<ModelPart, Double> learningRates,
    Normalization normalization,
    Optional<Double> clipNorm,
    double weightDecay) {

  static Stages of(Set<ModelPart> trainable) {
    return new Stages(trainable, Map.of(), Normalization.GLOBAL_TOKENS, Optional.empty(), 0);
  }

  Stages learning(Map<ModelPart, Double> rates) {
    return new Stages(trainable, rates, normalization, clipNorm, weightDecay);
  }

  Stages normalised(Normalization rule) {
    return new Stages(trainable, learningRates, rule, clipNorm, weightDecay);
  }

  Stages clipped(double norm) {
    return new Stages(trainable, learningRates, normalization, Optional.of(norm), weightDecay);
  }

  Stages decaying(double decay) {
    return new Stages(trainable, learningRates, normalization, clipNorm, decay);
  }

  StagePlan plan() {
    return new StagePlan(
        Stage.FINETUNE,
        new LabelPlan(Objective.VIT, List.of(), TextOnly.ANSWERS, normalization),
        List.of(),
        trainable,
        learningRates,
        1,
        OptionalInt.of(3),
        3,
        1,
        new Optimizer(1e-3, 0, Decay.COSINE, weightDecay, 0.9, 0.999, 1e-8, clipNorm),
        Checkpointing.NONE,
        Optional.empty());
  }
}
