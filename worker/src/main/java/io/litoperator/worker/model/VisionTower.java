package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** CLIP's and SigLIP's vision transformers, up to the layer whose output the connector sees. */
final class VisionTower implements AutoCloseable {
  private final Program embeddings;
  private final Program layer;
  private final List<Segment> segments = new ArrayList<>();

  VisionTower(ModelConfig config, Layout layout) {
    VisionConfig c = config.vision();
    embeddings =
        Program.load(
            VisionTower.class,
            "VisionEmbeddings",
            Map.of(
                "patch", c.patchSize(),
                "class_token", c.family() == VisionConfig.Family.CLIP,
                "epsilon", c.layerNormEpsilon()));
    layer =
        Program.load(
            VisionTower.class,
            "VisionLayer",
            Map.of(
                "heads", c.heads(),
                "epsilon", c.layerNormEpsilon(),
                "activation", c.activation()));
    segments.add(new Piece(layout.towerEmbeddings(), embeddings));
    for (Block block : layout.towerLayers()) {
      if (block.used()) {
        segments.add(new Piece(block, layer));
      }
    }
  }

  /** From pixels (views, 3, side, side) to features (views, positions, hidden). */
  List<Segment> segments() {
    return segments;
  }

  @Override
  public void close() {
    embeddings.close();
    layer.close();
  }

  private record Piece(Block block, Program program) implements Segment {
    @Override
    public Tensor forward(Tensor x, List<Tensor> weights) {
      return program.tensor("forward", x, weights);
    }
  }
}
