package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Torch;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceTest {
  /** An epsilon that leaves rounding as small as it is. */
  private static final Optimizer ADAM_W =
      new Optimizer(1e-2, 0, Decay.COSINE, 0.1, 0.9, 0.99, 1, Optional.empty());

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 64, 1000, 4096, 1L << 40})
  void piecesAreConsecutiveAndCoverTheBlock(long most) {
    try (VisionLanguageModel model = ModelFixture.open("llava-1.5").model()) {
      Block head = model.layout().head();
      long end = 0;
      int row = 0;
      for (Piece piece : Piece.divide(head, most)) {
        assertThat(piece.start()).isEqualTo(end);
        assertThat(piece.row()).isEqualTo(row);
        end += piece.layout().size();
        Weight some = piece.layout().weights().get(0);
        if (some.isMatrix()) {
          row += some.shape()[0];
          assertThat(some.size()).isLessThanOrEqualTo(Math.max(most, some.shape()[1]));
        }
      }
      assertThat(end).isEqualTo(head.size());
      assertThat(row).isEqualTo(model.config().text().vocabularySize());
    }
  }

  @Test
  void stepsByPiecesEndAsStepsByBlocks() {
    Set<String> vocabularies = Set.of("head", "embedding");
    float[] byPieces =
        train(
            block ->
                vocabularies.contains(block.name())
                    ? Piece.divide(block, 1000)
                    : List.of(Piece.whole(block)));
    float[] byBlocks = train(block -> List.of(Piece.whole(block)));
    for (int i = 0; i < byBlocks.length; i++) {
      assertThat(byPieces[i]).isCloseTo(byBlocks[i], within(1e-6f));
    }
  }

  /** Of two micro-batches a step, so that gradients are added to. */
  private static float[] train(Function<Block, List<Piece>> division) {
    ModelFixture fixture = ModelFixture.open("llava-1.5");
    List<Sample> samples = fixture.samples("lit");
    Set<ModelPart> trainable = EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);
    try (VisionLanguageModel model = fixture.model();
        Pass pass = new Pass(model, trainable, Checkpointing.NONE, ADAM_W, division)) {
      for (int step = 1; step <= 2; step++) {
        pass.gradients().start();
        pass.run(samples.subList(0, 1), 0.01);
        pass.run(samples.subList(1, 3), 0.01);
        pass.update(step, 1);
      }
      return model.parameters().flat().toFloats();
    }
  }
}
