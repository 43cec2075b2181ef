package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.Map;

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

  /** Adds the table's gradient, given that of {@link #merge}'s result. */
  public void backwardText(Packed batch, Tensor gradient, Tensor tableGradient) {
    try (Tensor ids = Tensor.of(batch.textIds());
        Tensor textRows = Tensor.of(batch.textRows())) {
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
