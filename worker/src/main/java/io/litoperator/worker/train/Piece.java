package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step sums and applies at once: a block, or, where a whole block's gradient would outweigh
 * what else a step takes, a part of it.
 *
 * @param start of its memory within the block's, in elements
 * @param row of the block's last weight that it begins with; 0 if it begins with another weight
 * @param layout of its memory: the block, or a part of the block's weights
 */
record Piece(Block block, long start, int row, Block layout) {
  static Piece whole(Block block) {
    return new Piece(block, 0, 0, block);
  }

  /**
   * Divides a block whose last weight is a matrix: the other weights, then the matrix by rows.
   *
   * @param most elements of the matrix in a piece; but one row at least
   */
  static List<Piece> divide(Block block, long most) {
    int others = block.weights().size() - 1;
    long start = Parameters.offset(block, others);
    Weight.Part matrix = block.weights().get(others).parts().get(0);
    int rows = (int) matrix.shape()[0];
    long columns = matrix.shape()[1];
    int atOnce = (int) Math.min(rows, Math.max(1, most / columns));
    List<Piece> pieces = new ArrayList<>();
    if (others > 0) {
      pieces.add(new Piece(block, 0, 0, layout(block, block.weights().subList(0, others))));
    }
    for (int row = 0; row < rows; row += atOnce) {
      int count = Math.min(atOnce, rows - row);
      Weight some =
          new Weight(List.of(new Weight.Part(matrix.name(), matrix.init(), count, columns)));
      pieces.add(new Piece(block, start + row * columns, row, layout(block, List.of(some))));
    }
    return pieces;
  }

  private static Block layout(Block block, List<Weight> weights) {
    return new Block(block.name(), block.part(), block.used(), weights);
  }

  boolean isWhole() {
    return layout.equals(block);
  }

  /**
   * Of memory that holds what this rank updates of the block, what it updates of the piece; the
   * caller closes the view.
   */
  Tensor of(Tensor part) {
    return isWhole() ? part.slice(0, part.size()) : part.slice(start, start + layout.size());
  }
}
