package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Keys and values of every layer, (sequences, key-value heads, capacity, head size) each. Prompts
 * end before the same place, so that the next row of every sequence goes to one place.
 */
final class KeyValueCache implements AutoCloseable {
  /** The capacity, and lengths that attention is computed over, are multiples of this. */
  private static final int STEP = 16;

  private final Program program = Program.load(KeyValueCache.class, "KeyValueCache", Map.of());
  private final List<Tensor> keys = new ArrayList<>();
  private final List<Tensor> values = new ArrayList<>();
  private final int capacity;

  /** (sequences, 1, 1, capacity): 0 where a sequence has keys, -inf elsewhere. */
  private Tensor mask;

  /** Place of the next row. */
  private int end;

  /**
   * @param lengths of the prompts
   * @param more rows that there is to be room for besides
   */
  KeyValueCache(TextConfig config, DType type, long[] lengths, int more) {
    end = Math.toIntExact(Arrays.stream(lengths).max().orElse(0));
    capacity = rounded(end + more);
    for (int i = 0; i < config.layers(); i++) {
      keys.add(cache(config, type, lengths.length));
      values.add(cache(config, type, lengths.length));
    }
    try (Tensor starts = Tensor.of(LongStream.of(lengths).map(l -> end - l).toArray())) {
      mask = program.tensor("mask", starts, end, capacity, keys.get(0));
    }
  }

  /** Places that a sequence of this length has. */
  static int rounded(int length) {
    return (length + STEP - 1) / STEP * STEP;
  }

  private Tensor cache(TextConfig config, DType type, int sequences) {
    try (Tensor zeros =
        Tensor.zeros(type, sequences, config.keyValueHeads(), config.headSize(), capacity)) {
      return program.tensor("arranged", zeros);
    }
  }

  /** Some of the sequences, in the same memory. */
  private KeyValueCache(KeyValueCache all, int from, int to) {
    all.keys.forEach(layer -> keys.add(layer.slice(from, to)));
    all.values.forEach(layer -> values.add(layer.slice(from, to)));
    capacity = all.capacity;
    mask = all.mask.slice(from, to);
    end = all.end;
  }

  /** Sequences {@code [from, to)}, in the same memory: for their prompts' rows. */
  KeyValueCache part(int from, int to) {
    return new KeyValueCache(this, from, to);
  }

  /** Of each layer. */
  List<Tensor> keys() {
    return keys;
  }

  /** Of each layer. */
  List<Tensor> values() {
    return values;
  }

  /** Place before which the sequences end. */
  int end() {
    return end;
  }

  /** Makes room for one more row of each sequence. */
  void extend() {
    program.call("extend", mask, end);
    end++;
  }

  /** Of all rows (sequences, 1, 1, length); the caller closes it. */
  Tensor mask() {
    return program.tensor("first", mask, rounded(end));
  }

  /** Leaves out all sequences but some, by their numbers. */
  void keep(long[] sequences) {
    try (Tensor rows = Tensor.of(sequences)) {
      keys.replaceAll(cache -> select(cache, rows));
      values.replaceAll(cache -> select(cache, rows));
      mask = select(mask, rows);
    }
  }

  private Tensor select(Tensor cache, Tensor rows) {
    try (cache) {
      return program.tensor("select", cache, rows);
    }
  }

  @Override
  public void close() {
    keys.forEach(Tensor::close);
    values.forEach(Tensor::close);
    mask.close();
    program.close();
  }
}
