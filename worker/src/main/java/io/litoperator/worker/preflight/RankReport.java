package io.litoperator.worker.preflight;

/**
 * What a rank found.
 *
 * @param node name of its machine
 * @param gpu null on CPUs
 * @param sumBytes of what each rank gave to a sum over all
 * @param sumSeconds that such a sum took, on average
 */
public record RankReport(
    int rank, String node, String libtorch, Gpu gpu, long sumBytes, double sumSeconds) {}
