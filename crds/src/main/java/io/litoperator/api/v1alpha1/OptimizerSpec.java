package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * AdamW and its learning-rate schedule.
 *
 * @param learningRate Peak learning rate. Default: 1e-3 in pretrain, 2e-5 in finetune.
 * @param warmupRatio Part of the steps in which the learning rate rises linearly from 0.
 * @param schedule How the learning rate falls to 0 after the warm-up, or that it stays (constant).
 * @param weightDecay Decoupled weight decay, not of norms and biases.
 * @param betas Decay rates of the two moments.
 * @param epsilon Added to the denominator.
 * @param clipNorm Largest norm of all gradients together; they are scaled down to it. Default: not
 *     clipped.
 */
public record OptimizerSpec(
    @Min(value = 0, inclusive = false) Double learningRate,
    @Default("0.03") @Min(0) @Max(1) Double warmupRatio,
    @Default("cosine") Schedule schedule,
    @Default("0.0") @Min(0) Double weightDecay,
    @Default("[0.9, 0.999]") @Size(min = 2, max = 2)
        List<@Min(0) @Max(value = 1, inclusive = false) Double> betas,
    @Default("1e-8") @Min(value = 0, inclusive = false) Double epsilon,
    @Min(value = 0, inclusive = false) Double clipNorm) {

  public enum Schedule {
    @JsonProperty("cosine")
    COSINE,
    @JsonProperty("linear")
    LINEAR,
    @JsonProperty("constant")
    CONSTANT
  }
}
