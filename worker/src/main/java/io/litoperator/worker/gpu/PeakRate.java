package io.litoperator.worker.gpu;

import java.util.Map;
import java.util.OptionalDouble;

/** What GPUs can reach at best. */
public final class PeakRate {
  /** Dense bf16, in FLOP/s, by the vendor's data sheets; the key is part of the GPU's name. */
  private static final Map<String, Double> BF16 =
      Map.of("H100", 989e12, "H200", 989e12, "A100", 312e12, "L40S", 362e12, "B200", 2250e12);

  private PeakRate() {}

  /** Absent if the GPU is not known. */
  public static OptionalDouble bf16(String gpu) {
    return BF16.entrySet().stream()
        .filter(entry -> gpu.contains(entry.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .findFirst();
  }
}
