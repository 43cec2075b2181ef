package io.litoperator.worker.model;

import io.litoperator.worker.model.Parameters.Range;

/**
 * One of the equal parts into which ranks divide every block.
 *
 * @param index 0 to {@code count - 1}
 */
public record Shard(int index, int count) {
  /** All of it, as on every rank where nothing is sharded. */
  public static final Shard WHOLE = new Shard(0, 1);

  public boolean isWhole() {
    return count == 1;
  }

  /**
   * @param whole its size is a multiple of {@code count}
   */
  public Range of(Range whole) {
    long size = whole.size() / count;
    return new Range(whole.start() + index * size, whole.start() + (index + 1) * size);
  }
}
