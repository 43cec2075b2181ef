package io.litoperator.worker.preflight;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;

/**
 * What sharded training asks of the ranks, in bf16 and with values that tell ranks and places
 * apart: a sum that each gets its part of, and the parts put together. All of it is compared.
 */
final class Exchange {
  private static final int PART = 1 << 16;

  private static final int PLACES = 4;

  /**
   * That give something to a place, at most: few enough that sums are whole numbers below 256,
   * exact in bf16.
   */
  private static final int GIVERS = 16;

  private Exchange() {}

  /**
   * @throws Failure {@code ACCELERATOR} with the first value that is wrong
   */
  static void check(Collective ranks) {
    int size = ranks.worldSize() * PART;
    float[] mine = new float[size];
    for (int i = 0; i < size; i++) {
      mine[i] = given(ranks.rank(), ranks.worldSize(), i);
    }
    int start = ranks.rank() * PART;
    try (Tensor floats = Tensor.of(mine, size);
        Tensor values = Tensor.zeros(DType.BFLOAT16, size);
        Tensor all = Tensor.zeros(DType.BFLOAT16, size);
        Tensor part = values.slice(start, start + PART);
        Tensor place = all.slice(start, start + PART)) {
      values.copyFrom(floats);
      ranks.reduceScatter(values).await();
      compare(ranks, "scattered sum", start, part.toFloats());
      place.copyFrom(part);
      ranks.allGather(all).await();
      compare(ranks, "gathered sum", 0, all.toFloats());
    }
  }

  /** By a rank to a place: one rank of {@code stride} gives, each place takes its turn. */
  static int given(int rank, int worldSize, int index) {
    int stride = stride(worldSize);
    return rank % stride == index % stride ? rank / stride + place(index) : 0;
  }

  /** What all ranks give to a place. */
  static int sum(int worldSize, int index) {
    int stride = stride(worldSize);
    int givers = (worldSize - index % stride + stride - 1) / stride;
    return givers * (givers - 1) / 2 + givers * place(index);
  }

  private static int stride(int worldSize) {
    return (worldSize + GIVERS - 1) / GIVERS;
  }

  /** Differs between places, and between parts. */
  private static int place(int index) {
    return (index + index / PART) % PLACES;
  }

  private static void compare(Collective ranks, String what, int start, float[] values) {
    int world = ranks.worldSize();
    for (int i = 0; i < values.length; i++) {
      float expected = sum(world, start + i);
      if (values[i] != expected) {
        throw new Failure(
            ExitCode.ACCELERATOR,
            "Rank %d got %s instead of %s at place %d of a %s over %d ranks: GPU or interconnect computes wrongly; take the node out of service."
                .formatted(ranks.rank(), values[i], expected, start + i, what, world));
      }
    }
  }
}
