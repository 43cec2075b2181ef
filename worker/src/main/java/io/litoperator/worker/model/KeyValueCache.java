package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of every layer, (sequences, key-value heads, capacity, head size) each. */
final class KeyValueCache implements AutoCloseable {
  private final int capacity;
  private final List<Tensor> keys = new ArrayList<>();
  private final List<Tensor> values = new ArrayList<>();

  KeyValueCache(TextConfig config, DType type, int sequences, int capacity) {
    this.capacity = capacity;
    for (int i = 0; i < config.layers(); i++) {
      keys.add(cache(config, type, sequences));
      values.add(cache(config, type, sequences));
    }
  }

  private Tensor cache(TextConfig config, DType type, int sequences) {
    return Tensor.zeros(type, sequences, config.keyValueHeads(), capacity, config.headSize());
  }

  int capacity() {
    return capacity;
  }

  Tensor keys(int layer) {
    return keys.get(layer);
  }

  Tensor values(int layer) {
    return values.get(layer);
  }

  @Override
  public void close() {
    keys.forEach(Tensor::close);
    values.forEach(Tensor::close);
  }
}
