package io.litoperator.worker.model;

import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts or views {@code [from, to)} that pass the layers together. Chunks bound what a large
 * batch takes beside its keys and values.
 */
record Chunk(int from, int to) {
  /** Rows that keep a device busy. */
  private static final long CPU_ROWS = 1_280;

  private static final long GPU_ROWS = 16_384;

  /** All items in order, in chunks as large as keeps the device busy. */
  static List<Chunk> of(long[] rows) {
    return of(rows, most(Torch.device().isCuda()));
  }

  /** Rows of a chunk at most. */
  static long most(boolean cuda) {
    return cuda ? GPU_ROWS : CPU_ROWS;
  }

  /**
   * @param rows of each item
   * @param most rows of a chunk; an item of more is a chunk by itself
   */
  static List<Chunk> of(long[] rows, long most) {
    List<Chunk> chunks = new ArrayList<>();
    int from = 0;
    while (from < rows.length) {
      int to = from + 1;
      long sum = rows[from];
      while (to < rows.length && sum + rows[to] <= most) {
        sum += rows[to++];
      }
      chunks.add(new Chunk(from, to));
      from = to;
    }
    return chunks;
  }
}
