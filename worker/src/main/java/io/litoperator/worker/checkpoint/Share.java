package io.litoperator.worker.checkpoint;

import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one of the ranks writes of a checkpoint: its files of the model, its part of the optimizer's
 * state, and if it is the first, everything else.
 *
 * @param index 0 to {@code count - 1}: the rank
 * @param count how many write; none is left out
 */
public record Share(int index, int count) {
  /** All of a checkpoint. */
  public static final Share ALL = new Share(0, 1);

  public boolean isFirst() {
    return index == 0;
  }

  /** The files that this rank writes, in turns with the others. */
  public SortedMap<String, List<NamedTensor>> of(Shards model) {
    SortedMap<String, List<NamedTensor>> mine = new TreeMap<>();
    int number = 0;
    for (Map.Entry<String, List<NamedTensor>> file : new TreeMap<>(model.files()).entrySet()) {
      if (number++ % count == index) {
        mine.put(file.getKey(), file.getValue());
      }
    }
    return mine;
  }
}
