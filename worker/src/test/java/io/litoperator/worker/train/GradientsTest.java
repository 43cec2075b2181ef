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
    gradients = new Gradients(model.parameters(), trained, arithmetic);
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
    gradients.free(head);
    assertThat(gradients.memory(embedding).toFloats()).containsOnly(3);
    mark(embedding, 4);
    gradients.free(embedding);
    mark(model.layout().connector(), 5);
    gradients.free(model.layout().connector());
    assertThat(gradients.memory(head).toFloats()).contains(4, 5);
  }

  @Test
  void layersLendToLayers() {
    List<Block> layers = model.layout().decoderLayers();
    mark(layers.get(1), 3);
    gradients.free(layers.get(1));
    assertThat(gradients.memory(layers.get(0)).toFloats()).containsOnly(3);
  }

  /** They would never give it back. */
  @Test
  void layersDoNotBorrowFromOthers() {
    mark(model.layout().head(), 3);
    gradients.free(model.layout().head());
    gradients.memory(model.layout().decoderLayers().get(0));
    assertThat(gradients.memory(model.layout().embedding()).toFloats()).containsOnly(3);
  }

  /** Of two blocks at a time, each has its own. */
  @Test
  void whatIsHeldIsNotLent() {
    mark(model.layout().head(), 3);
    mark(model.layout().embedding(), 4);
    assertThat(gradients.memory(model.layout().head()).toFloats()).containsOnly(3);
  }

  private void mark(Block block, float value) {
    gradients
        .memory(block)
        .write(
            floats -> {
              while (floats.hasRemaining()) {
                floats.put(value);
              }
            });
  }
}
