package io.litoperator.worker.train;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.Optional;

/**
 * One memory for the inputs of all layers that are run again. As tensors of their own, each would
 * lie among the freed intermediates of its layer, whose gaps the C library can hardly fill again:
 * twice as much lay idle as was in use.
 */
final class InputMemory implements AutoCloseable {
  private Optional<Tensor> memory = Optional.empty();
  private long used;

  /** Makes room for a micro-batch's inputs; what was kept before is of no use any more. */
  void reserve(DType type, long elements) {
    used = 0;
    if (memory.filter(held -> held.size() >= elements).isEmpty()) {
      close();
      memory = Optional.of(Tensor.empty(type, elements));
    }
  }

  /** Takes rows over: moved into this memory while it has room, or else as they are. */
  Tensor keep(Tensor rows) {
    long end = used + rows.size();
    if (memory.filter(held -> held.size() >= end).isEmpty()) {
      return rows;
    }
    try (rows;
        Tensor part = memory.get().slice(used, end)) {
      Tensor kept = part.reshape(rows.shape());
      kept.copyFrom(rows);
      used = end;
      return kept;
    }
  }

  @Override
  public void close() {
    memory.ifPresent(Tensor::close);
    memory = Optional.empty();
  }
}
