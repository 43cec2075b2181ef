package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The gradients of the blocks that train, each in memory of its own that is laid out as the block.
 * Memory is made when a block's gradient is first written; what is given up is used again for
 * blocks of the same layout, and the largest of the others for whichever of them it has room for:
 * the first touch of a vocabulary's 113 MB takes ten times as long as their writing.
 *
 * <p>A block's gradient is written first and added to afterwards, so nothing is cleared in between;
 * one that no micro-batch of the step reached is cleared by {@link #finish}.
 */
final class Gradients implements AutoCloseable {
  private final Parameters parameters;
  private final List<Block> trained;
  private final Arithmetic arithmetic;
  private final Map<Block, Held> held = new HashMap<>();
  private final Map<List<Long>, List<Tensor>> spare = new HashMap<>();
  private final Set<List<Long>> repeated = new HashSet<>();
  private Optional<Tensor> spareOfOthers = Optional.empty();
  private final Set<Block> written = new HashSet<>();

  /**
   * @param whole what was taken
   * @param memory the part of it that the block needs
   */
  private record Held(Tensor whole, Tensor memory, List<Tensor> views) {
    void closeViews() {
      views.forEach(Tensor::close);
      memory.close();
    }
  }

  /**
   * @param trained in the order of the layout
   */
  Gradients(Parameters parameters, List<Block> trained, Arithmetic arithmetic) {
    this.parameters = parameters;
    this.trained = List.copyOf(trained);
    this.arithmetic = arithmetic;
    Set<List<Long>> seen = new HashSet<>();
    for (Block block : trained) {
      if (!seen.add(layout(block))) {
        repeated.add(layout(block));
      }
    }
  }

  boolean trains(Block block) {
    return trained.contains(block);
  }

  /** Blocks that train, in the order of the layout. */
  List<Block> trained() {
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

  /** One gradient for each weight and of its shape; none if the block is frozen. */
  List<Tensor> of(Block block) {
    return trains(block) ? hold(block).views() : List.of();
  }

  /** The whole block's gradient, gaps of alignment included, which are zero; not to be closed. */
  Tensor memory(Block block) {
    return hold(block).memory();
  }

  private Held hold(Block block) {
    return held.computeIfAbsent(
        block,
        b -> {
          long size = parameters.range(b).size();
          Tensor whole = take(b, size);
          Tensor memory = whole.slice(0, size);
          return new Held(whole, memory, Parameters.views(b, memory));
        });
  }

  private Tensor take(Block block, long size) {
    List<Tensor> free = spare.getOrDefault(layout(block), List.of());
    if (!free.isEmpty()) {
      return free.remove(free.size() - 1);
    }
    if (repeated.contains(layout(block))
        || spareOfOthers.filter(other -> other.size() >= size).isEmpty()) {
      return Tensor.zeros(parameters.type(), size);
    }
    Tensor other = spareOfOthers.get();
    spareOfOthers = Optional.empty();
    if (block.size() < size) {
      // Its gaps are elsewhere.
      arithmetic.zero(other);
    }
    return other;
  }

  private static List<Long> layout(Block block) {
    return block.weights().stream().map(Weight::size).toList();
  }

  /** Whether the block's gradient holds something of this step already; it does from now on. */
  boolean accumulate(Block block) {
    return !written.add(block);
  }

  /** Starts a step: what the memory holds is of no use any more. */
  void start() {
    written.clear();
  }

  /** Makes a block's gradient valid, if nothing was written. */
  void finish(Block block) {
    if (written.add(block)) {
      of(block).forEach(arithmetic::zero);
    }
  }

  /** Gives a block's memory up for others: the next use begins anew. */
  void free(Block block) {
    written.remove(block);
    Held done = held.remove(block);
    done.closeViews();
    if (repeated.contains(layout(block))) {
      spare.computeIfAbsent(layout(block), layout -> new ArrayList<>()).add(done.whole());
    } else if (spareOfOthers.filter(other -> other.size() >= done.whole().size()).isPresent()) {
      done.whole().close();
    } else {
      spareOfOthers.ifPresent(Tensor::close);
      spareOfOthers = Optional.of(done.whole());
    }
  }

  @Override
  public void close() {
    held.values()
        .forEach(
            h -> {
              h.closeViews();
              h.whole().close();
            });
    spare.values().forEach(list -> list.forEach(Tensor::close));
    spareOfOthers.ifPresent(Tensor::close);
  }
}
