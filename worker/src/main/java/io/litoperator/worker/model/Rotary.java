package io.litoperator.worker.model;

import io.litoperator.worker.gpu.Kernel;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Rotary positions and their tables, as the reference has them: angles in fp32, then rounded to the
 * rows. They grow where an answer goes on beyond the model's longest sequence, as the reference
 * computes it.
 */
final class Rotary implements AutoCloseable {
  /** That a thread of the kernel turns. */
  private static final int PAIRS = 8;

  private final Program program = Program.load(Rotary.class, "Rotary", Map.of());
  private final float[] frequencies;
  private final DType type;
  private final Optional<Kernel> kernel;
  private int longest;
  private Tensor cosines;
  private Tensor sines;

  /** Cosines and sines of some rows, (rows, 1, turned elements / 2) each. */
  record Angles(Tensor cos, Tensor sin) implements AutoCloseable {
    @Override
    public void close() {
      cos.close();
      sin.close();
    }
  }

  /**
   * @param longest positions that the tables have at first
   * @param type of the tables, which is that of the rows they turn
   */
  Rotary(RotaryFrequencies frequencies, int longest, DType type) {
    this.frequencies = frequencies.values();
    this.type = type;
    boolean fits = type == DType.BFLOAT16 && this.frequencies.length % PAIRS == 0;
    kernel =
        fits && Torch.device().isCuda()
            ? Optional.of(Kernel.compile(Rotary.class, "rotate"))
            : Optional.empty();
    fill(longest);
  }

  private void fill(int positions) {
    longest = positions;
    int half = frequencies.length;
    float[] cos = new float[longest * half];
    float[] sin = new float[longest * half];
    for (int i = 0; i < half; i++) {
      for (int position = 0; position < longest; position++) {
        float angle = position * frequencies[i];
        cos[position * half + i] = (float) Math.cos(angle);
        sin[position * half + i] = (float) Math.sin(angle);
      }
    }
    cosines = table(cos, longest, 1, half);
    sines = table(sin, longest, 1, half);
  }

  private Tensor table(float[] values, long... shape) {
    try (Tensor exact = Tensor.of(values, shape)) {
      return exact.cast(type);
    }
  }

  Angles at(long[] positions) {
    int needed = Math.toIntExact(Arrays.stream(positions).max().orElse(0) + 1);
    if (needed > longest) {
      cosines.close();
      sines.close();
      fill(Math.max(needed, 2 * longest));
    }
    try (Tensor rows = Tensor.of(positions)) {
      return new Angles(program.tensor("at", cosines, rows), program.tensor("at", sines, rows));
    }
  }

  /**
   * Rotates queries and keys in place.
   *
   * @param qkv (tokens, all heads, head size), contiguous
   * @param heads so many, the first, are rotated
   */
  void rotate(Tensor qkv, int heads, Angles angles) {
    rotate(qkv, heads, angles, false);
  }

  /** The inverse, and so the derivative's transpose: of gradients. */
  void rotateBack(Tensor qkv, int heads, Angles angles) {
    rotate(qkv, heads, angles, true);
  }

  private void rotate(Tensor qkv, int heads, Angles angles, boolean back) {
    long[] shape = qkv.shape();
    if (kernel.isEmpty() || shape[2] % PAIRS != 0) {
      program.call("rotate", qkv, heads, angles.cos(), angles.sin(), back);
      return;
    }
    int half = frequencies.length;
    int threads = Math.toIntExact(shape[0] * heads * half / PAIRS);
    int row = Math.toIntExact(shape[1] * shape[2]);
    int size = Math.toIntExact(shape[2]);
    kernel
        .get()
        .launch(
            threads,
            qkv,
            angles.cos(),
            angles.sin(),
            threads,
            row,
            heads,
            size,
            half,
            back ? -1f : 1f);
  }

  @Override
  public void close() {
    kernel.ifPresent(Kernel::close);
    cosines.close();
    sines.close();
    program.close();
  }
}
