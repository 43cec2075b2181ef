package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.Map;

/** Rotary position tables, as the reference has them: angles in fp32, then rounded to the rows. */
final class Rotary implements AutoCloseable {
  private final Program program = Program.load(Rotary.class, "Rotary", Map.of());
  private final Tensor cosines;
  private final Tensor sines;

  /** Cosines and sines of some rows, (rows, 1, turned elements / 2) each. */
  record Angles(Tensor cos, Tensor sin) implements AutoCloseable {
    @Override
    public void close() {
      cos.close();
      sin.close();
    }
  }

  /**
   * @param type of the tables, which is that of the rows they turn
   */
  Rotary(RotaryFrequencies frequencies, int longest, DType type) {
    float[] values = frequencies.values();
    int half = values.length;
    float[] cos = new float[longest * half];
    float[] sin = new float[longest * half];
    for (int i = 0; i < half; i++) {
      for (int position = 0; position < longest; position++) {
        float angle = position * values[i];
        cos[position * half + i] = (float) Math.cos(angle);
        sin[position * half + i] = (float) Math.sin(angle);
      }
    }
    cosines = table(cos, type, longest, 1, half);
    sines = table(sin, type, longest, 1, half);
  }

  private static Tensor table(float[] values, DType type, long... shape) {
    try (Tensor exact = Tensor.of(values, shape)) {
      return exact.cast(type);
    }
  }

  Angles at(long[] positions) {
    try (Tensor rows = Tensor.of(positions)) {
      return new Angles(program.tensor("at", cosines, rows), program.tensor("at", sines, rows));
    }
  }

  /** Additive attention mask (sequences, 1, 1, capacity) that leaves keys up to each end. */
  Tensor mask(Tensor ends, int capacity) {
    return program.tensor("mask", ends, capacity, cosines);
  }

  @Override
  public void close() {
    cosines.close();
    sines.close();
    program.close();
  }
}
