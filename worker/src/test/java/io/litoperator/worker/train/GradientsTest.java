package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Marks what is in a block's memory, and looks for it in the next. */
class GradientsTest {
  private VisionLanguageModel model;
  private Arithmetic arithmetic;
  private Gradients gradients;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @BeforeEach
  void open() {
    model = ModelFixture.open("llava-1.5").model();
    arithmetic = new Arithmetic();
    List<Block> trained =
        model.layout().blocks().stream()
            .filter(block -> block.part() != ModelPart.VISION_TOWER)
            .toList();
    gradients =
        new Gradients(
            model.parameters(), trained, block -> List.of(Piece.whole(block)), arithmetic);
  }

  @AfterEach
  void close() {
    gradients.close();
    arithmetic.close();
    model.close();
  }

  @Test
  void theLargestOfUnlikeBlocksLendsItsMemory() {
    Block head = model.layout().head();
    Block embedding = model.layout().embedding();
    mark(head, 3);
    free(head);
    assertThat(memory(embedding)).containsOnly(3);
    mark(embedding, 4);
    free(embedding);
    assertThat(memory(head)).contains(4);
  }

  /** Else a table would have none for the time of a norm. */
  @Test
  void whatIsMuchSmallerDoesNotBorrow() {
    Block connector = model.layout().connector();
    Block head = model.layout().head();
    assertThat(connector.size()).isLessThan(head.size() / 2);
    mark(head, 3);
    free(head);
    mark(connector, 5);
    free(connector);
    assertThat(memory(head)).containsOnly(3);
  }

  @Test
  void layersLendToLayers() {
    List<Block> layers = model.layout().decoderLayers();
    mark(layers.get(1), 3);
    free(layers.get(1));
    assertThat(memory(layers.get(0))).containsOnly(3);
  }

  /** They would never give it back. */
  @Test
  void layersDoNotBorrowFromOthers() {
    mark(model.layout().head(), 3);
    free(model.layout().head());
    memory(model.layout().decoderLayers().get(0));
    assertThat(memory(model.layout().embedding())).containsOnly(3);
  }

  /** Of two blocks at a time, each has its own. */
  @Test
  void whatIsHeldIsNotLent() {
    mark(model.layout().head(), 3);
    mark(model.layout().embedding(), 4);
    assertThat(memory(model.layout().head())).containsOnly(3);
  }

  private float[] memory(Block block) {
    return gradients.memory(Piece.whole(block)).toFloats();
  }

  private void free(Block block) {
    gradients.free(Piece.whole(block));
  }

  private void mark(Block block, float value) {
    gradients
        .memory(Piece.whole(block))
        .write(
            floats -> {
              while (floats.hasRemaining()) {
                floats.put(value);
              }
            });
  }
}
