package io.litoperator.worker.model;

import io.litoperator.worker.plan.ModelPart;
import java.util.List;
import java.util.stream.Stream;

/**
 * Weights that are used together: a layer. They lie side by side in the flat buffers, in the order
 * in which the layer's program takes them; gradients are reduced block by block.
 *
 * @param used whether the model's output depends on it; unused weights are kept for export and
 *     never train (the tower's layers above the one whose output the connector sees)
 */
public record Block(String name, ModelPart part, boolean used, List<Weight> weights) {
  public Block {
    weights = List.copyOf(weights);
  }

  /** The named tensors, in order. */
  public Stream<Weight.Part> parts() {
    return weights.stream().flatMap(weight -> weight.parts().stream());
  }

  /** Number of elements. */
  public long size() {
    return weights.stream().mapToLong(Weight::size).sum();
  }
}
