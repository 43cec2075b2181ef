package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.VisionLanguageModel;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The pieces in which blocks' gradients are made.
 *
 * @param divided blocks of several pieces; the others are whole
 * @param most elements of a piece's matrix, as of {@link Piece#divide}
 */
record Division(Set<Block> divided, long most) implements Function<Block, List<Piece>> {
  static Division none() {
    return new Division(Set.of(), 0);
  }

  /** Of the vocabularies, where these are large blocks that nothing else is added to. */
  static Division ofVocabularies(VisionLanguageModel model, long most) {
    return new Division(model.layout().vocabularies(model.config().text()), most);
  }

  @Override
  public List<Piece> apply(Block block) {
    return divided.contains(block) ? Piece.divide(block, most) : List.of(Piece.whole(block));
  }
}
