package io.litoperator.worker.train;

import io.litoperator.worker.model.Parameters.Range;

/**
 * Which equal part of every block is one rank's to update.
 *
 * @param index 0 to {@code count - 1}
 */
record Shard(int index, int count) {
  /** All of it, as on every rank where nothing is sharded. */
  static final Shard WHOLE = new Shard(0, 1);

  boolean isWhole() {
    return count == 1;
  }

  /**
   * @param whole its size is a multiple of {@code count}
   */
  Range of(Range whole) {
    long size = whole.size() / count;
    return new Range(whole.start() + index * size, whole.start() + (index + 1) * size);
  }
}
