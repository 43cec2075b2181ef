package io.litoperator.worker.bench;

/**
 * What to measure.
 *
 * @param model folder of a whole LLaVA model; a path, as text so that it travels as JSON
 * @param shape of each rank's micro-batch, which is its part of a step
 * @param steps timed ones, after one that is not
 * @param threads of each rank
 * @param checkpointing whether layers are run again in backward instead of being kept
 */
public record BenchOptions(
    String model, BatchShape shape, int steps, int threads, boolean checkpointing) {}
