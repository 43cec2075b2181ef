package io.litoperator.worker.preflight;

import java.util.List;

/**
 * What a rank found of its GPU.
 *
 * @param driver newest CUDA that the driver knows
 * @param runtime CUDA that is loaded
 * @param freeMiB before anything was taken
 * @param peers whether each GPU's memory is reached without the host, its own included
 * @param sumGigabytesPerSecond of a sum over all ranks, as nccl-tests count the bus: 2 (n - 1) / n
 *     of the bytes in the time; with one rank, the bytes in the time
 */
public record GpuReport(
    int rank,
    String gpu,
    String driver,
    String runtime,
    String nccl,
    String libtorch,
    long freeMiB,
    long totalMiB,
    List<Boolean> peers,
    double sumGigabytesPerSecond) {}
