package io.litoperator.worker.bench;

import io.litoperator.worker.plan.StagePlan.Checkpointing;

/**
 * What to measure.
 *
 * @param model folder of a whole LLaVA model; a path, as text so that it travels as JSON
 * @param shape of each rank's micro-batch, which is its part of a step
 * @param steps timed ones, after one that is not
 * @param threads of each rank
 * @param checkpointing what is computed again in the backward pass
 */
public record BenchOptions(
    String model, BatchShape shape, int steps, int threads, Checkpointing checkpointing) {}
