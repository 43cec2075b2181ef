package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The norm of all gradients of a step, taken part by part in the same order whatever is sharded, so
 * that the same sums have the same norm. Nothing is read from the device before the end.
 */
final class GradientNorm {
  private final StepClock clock;
  private final Arithmetic arithmetic;
  private final Collective ranks;
  private final Shard shard;
  private final List<Tensor> norms = new ArrayList<>();

  GradientNorm(StepClock clock, Arithmetic arithmetic, Collective ranks, Shard shard) {
    this.clock = clock;
    this.arithmetic = arithmetic;
    this.ranks = ranks;
    this.shard = shard;
  }

  /** Takes in a piece's summed gradient: this rank's part, or the whole. */
  void add(Tensor gradient) {
    int parts = shard.isWhole() ? ranks.worldSize() : 1;
    long size = gradient.size() / parts;
    List<Tensor> views = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      views.add(gradient.slice(i * size, (i + 1) * size));
    }
    norms.add(clock.time(Phase.OPTIMIZER, "norm", () -> arithmetic.norms(views)));
    views.forEach(Tensor::close);
  }

  /** The norm over all that was added, on all ranks, which all call it; begins anew. */
  double take() {
    List<float[]> mine = clock.time(Phase.DEVICE, "norms", this::read);
    double squares = 0;
    for (float[] block : shard.isWhole() ? mine : gather(mine)) {
      for (float norm : block) {
        squares += (double) norm * norm;
      }
    }
    return Math.sqrt(squares);
  }

  private List<float[]> read() {
    List<float[]> read = new ArrayList<>();
    for (Tensor norm : norms) {
      try (norm) {
        read.add(norm.toFloats());
      }
    }
    norms.clear();
    return read;
  }

  /** Of each block, the norms of all ranks' parts. */
  private List<float[]> gather(List<float[]> mine) {
    ByteBuffer bytes = ByteBuffer.allocate(mine.size() * Float.BYTES);
    mine.forEach(norm -> bytes.putFloat(norm[0]));
    byte[][] all = clock.time(Phase.COMMUNICATION, "norms", () -> ranks.allGather(bytes.array()));
    List<float[]> blocks = new ArrayList<>();
    for (int block = 0; block < mine.size(); block++) {
      float[] parts = new float[all.length];
      for (int rank = 0; rank < all.length; rank++) {
        parts[rank] = ByteBuffer.wrap(all[rank]).getFloat(block * Float.BYTES);
      }
      blocks.add(parts);
    }
    return blocks;
  }
}
