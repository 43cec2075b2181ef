package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Puts words and pictures into one sequence of rows. Its derivative is simple enough to be written.
 */
public final class TokenEmbedding implements AutoCloseable {
  private final Program program = Program.load(TokenEmbedding.class, "TokenEmbedding", Map.of());
  private final Block block;

  TokenEmbedding(Block block) {
    this.block = block;
  }

  public Block block() {
    return block;
  }

  /**
   * @param features (image tokens, hidden)
   * @param table (vocabulary, hidden)
   * @return (rows, hidden)
   */
  public Tensor merge(Packed batch, Tensor features, Tensor table) {
    try (Tensor ids = Tensor.of(batch.textIds());
        Tensor textRows = Tensor.of(batch.textRows());
        Tensor imageRows = Tensor.of(batch.imageRows())) {
      return program.tensor("merge", ids, textRows, features, imageRows, table);
    }
  }

  /** Rows (ids, hidden) of some words. */
  Tensor rows(long[] ids, Tensor table) {
    try (Tensor indices = Tensor.of(ids)) {
      return program.tensor("rows", indices, table);
    }
  }

  /**
   * Adds the gradient of some of the table's rows, given that of {@link #merge}'s result.
   *
   * @param first of these rows
   */
  public void backwardText(Packed batch, Tensor gradient, int first, Tensor tableGradient) {
    long end = first + tableGradient.shape()[0];
    int[] inside =
        IntStream.range(0, batch.textIds().length)
            .filter(i -> batch.textIds()[i] >= first && batch.textIds()[i] < end)
            .toArray();
    if (inside.length == 0) {
      return;
    }
    try (Tensor ids =
            Tensor.of(Arrays.stream(inside).mapToLong(i -> batch.textIds()[i] - first).toArray());
        Tensor textRows =
            Tensor.of(Arrays.stream(inside).mapToLong(i -> batch.textRows()[i]).toArray())) {
      program.call("backward_text", gradient, ids, textRows, tableGradient);
    }
  }

  /** The features' gradient, given that of {@link #merge}'s result. */
  public Tensor backwardFeatures(Packed batch, Tensor gradient) {
    try (Tensor imageRows = Tensor.of(batch.imageRows())) {
      return program.tensor("backward_features", gradient, imageRows);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
