package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What trains in a stage, and its gradients: one flat buffer of the parameters' type, laid out as
 * the trained blocks are.
 *
 * <p>A step writes a block's gradients first and adds to them afterwards, so nothing is cleared in
 * between; blocks that no micro-batch of the step reached are cleared by {@link #finish}.
 */
public final class Gradients implements AutoCloseable {
  private final Parameters parameters;
  private final List<Block> trained;
  private final Map<Block, Range> ranges = new HashMap<>();
  private final Map<Block, List<Tensor>> weights = new HashMap<>();
  private final Map<Block, List<Tensor>> gradients = new HashMap<>();
  private final Set<Block> written = new HashSet<>();
  private final Tensor flat;

  public Gradients(Parameters parameters, Set<ModelPart> trainable) {
    this.parameters = parameters;
    trained =
        parameters.layout().blocks().stream()
            .filter(b -> b.used() && trainable.contains(b.part()))
            .toList();
    long offset = 0;
    for (Block block : trained) {
      ranges.put(block, new Range(offset, offset + Parameters.paddedSize(block)));
      offset += Parameters.paddedSize(block);
    }
    flat = Tensor.zeros(parameters.type(), offset);
    for (Block block : parameters.layout().blocks()) {
      weights.put(block, leaves(block));
      gradients.put(block, trains(block) ? views(block) : List.of());
    }
  }

  private List<Tensor> leaves(Block block) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor view : parameters.weights(block)) {
      try (view) {
        leaves.add(view.leaf(trains(block)));
      }
    }
    return leaves;
  }

  private List<Tensor> views(Block block) {
    try (Tensor memory = flat.slice(range(block).start(), range(block).end())) {
      return Parameters.views(block, memory);
    }
  }

  public boolean trains(Block block) {
    return ranges.containsKey(block);
  }

  /** Blocks that train, in the order of the flat buffer. */
  public List<Block> trained() {
    return trained;
  }

  /**
   * Blocks that train, in the order in which the backward pass completes them. The embedding comes
   * after the decoder's layers and the head, since a tied vocabulary's gradient has parts of both.
   */
  List<Block> backwardOrder() {
    List<Block> order = new ArrayList<>(trained);
    Collections.reverse(order);
    return order;
  }

  /** Where a trained block lies in {@link #flat()}. */
  public Range range(Block block) {
    return ranges.get(block);
  }

  /** Shape (elements,), gaps of alignment included. */
  public Tensor flat() {
    return flat;
  }

  /** A block's weights, as leaves of autograd if they train. */
  public List<Tensor> weights(Block block) {
    return weights.get(block);
  }

  /** The weights as autograd should differentiate by: none if the block is frozen. */
  List<Tensor> differentiated(Block block) {
    return trains(block) ? weights.get(block) : List.of();
  }

  List<Tensor> gradients(Block block) {
    return gradients.get(block);
  }

  /** Whether the block's gradients hold something of this step already; they do from now on. */
  boolean accumulate(Block block) {
    return !written.add(block);
  }

  /** Starts a step. */
  public void start() {
    written.clear();
  }

  /** Makes a block's gradients valid at the end of a step. */
  void finish(Block block, Arithmetic arithmetic) {
    if (written.add(block)) {
      gradients(block).forEach(arithmetic::zero);
    }
  }

  /** Euclidean norm of all gradients. */
  public double norm(Arithmetic arithmetic) {
    return arithmetic.norm(gradients.values().stream().flatMap(List::stream).toList());
  }

  @Override
  public void close() {
    weights.values().forEach(list -> list.forEach(Tensor::close));
    gradients.values().forEach(list -> list.forEach(Tensor::close));
    flat.close();
  }
}
