package io.litoperator.worker.distributed;

import io.litoperator.worker.torch.Tensor;

/** The collective of a single rank: every sum is what it was, on whatever device. */
public final class Alone implements Collective {
  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int worldSize() {
    return 1;
  }

  @Override
  public Handle allReduce(Tensor values) {
    return Handle.DONE;
  }

  @Override
  public Handle reduceScatter(Tensor values) {
    return Handle.DONE;
  }

  @Override
  public Handle allGather(Tensor values) {
    return Handle.DONE;
  }

  @Override
  public Handle broadcast(Tensor values, int root) {
    return Handle.DONE;
  }

  @Override
  public void allReduce(double[] values) {}

  @Override
  public byte[][] allGather(byte[] mine) {
    return new byte[][] {mine};
  }

  @Override
  public void barrier() {}

  @Override
  public long operations() {
    return 0;
  }

  @Override
  public void close() {}
}
