package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keys and values of every layer, (sequences, key-value heads, capacity, head size) each. */
final class KeyValueCache implements AutoCloseable {
  /** Lengths that attention is computed over are multiples of this. */
  private static final int STEP = 16;

  private final int heads;
  private final int capacity;
  private final List<Tensor> keys = new ArrayList<>();
  private final List<Tensor> values = new ArrayList<>();

  KeyValueCache(TextConfig config, DType type, int sequences, int capacity) {
    this.heads = config.keyValueHeads();
    this.capacity = capacity;
    for (int i = 0; i < config.layers(); i++) {
      keys.add(cache(config, type, sequences));
      values.add(cache(config, type, sequences));
    }
  }

  private Tensor cache(TextConfig config, DType type, int sequences) {
    return Tensor.zeros(type, sequences, heads, capacity, config.headSize());
  }

  /** Of each layer. */
  List<Tensor> keys() {
    return keys;
  }

  /** Of each layer. */
  List<Tensor> values() {
    return values;
  }

  /** A length that covers all of some places, no more than there is room for. */
  int covering(long[] ends) {
    int length = (int) Arrays.stream(ends).max().orElseThrow() + 1;
    return Math.min(capacity, (length + STEP - 1) / STEP * STEP);
  }

  /**
   * Where a cache, seen as rows of head size, has one place of each sequence, for each head.
   *
   * @param ends the place in each sequence
   */
  long[] rows(long[] ends) {
    long[] rows = new long[ends.length * heads];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) i * capacity + ends[i / heads];
    }
    return rows;
  }

  /**
   * Leaves out some sequences.
   *
   * @param select makes of a cache one of the sequences that are left
   */
  void keep(UnaryOperator<Tensor> select) {
    for (List<Tensor> caches : List.of(keys, values)) {
      caches.replaceAll(
          cache -> {
            try (cache) {
              return select.apply(cache);
            }
          });
    }
  }

  @Override
  public void close() {
    keys.forEach(Tensor::close);
    values.forEach(Tensor::close);
  }
}
