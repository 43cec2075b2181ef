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
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The gradients of the blocks that train, piece by piece, each in memory of its own that is laid
 * out as the piece. Memory is made when a gradient is first written; what is given up is used again
 * for pieces of the same layout, and the largest of the others for whichever of them it has room
 * for and is not much too large: the first touch of a vocabulary's 113 MB takes ten times as long
 * as their writing.
 *
 * <p>A gradient is written first and added to afterwards, so nothing is cleared in between; one
 * that no micro-batch of the step reached is cleared by {@link #finish}.
 */
final class Gradients implements AutoCloseable {
  private final Parameters parameters;
  private final List<Block> trained;
  private final Map<Block, List<Piece>> pieces = new HashMap<>();
  private final Arithmetic arithmetic;
  private final Map<Piece, Held> held = new HashMap<>();
  private final Map<List<Long>, List<Tensor>> spare = new HashMap<>();
  private final Set<List<Long>> repeated = new HashSet<>();
  private Optional<Tensor> spareOfOthers = Optional.empty();
  private final Set<Piece> written = new HashSet<>();

  /**
   * @param whole what was taken
   * @param memory the part of it that the piece needs
   */
  private record Held(Tensor whole, Tensor memory, List<Tensor> views) {
    void closeViews() {
      views.forEach(Tensor::close);
      memory.close();
    }
  }

  /**
   * @param trained in the order of the layout
   * @param division the pieces of a block, in the order in which they are to be completed
   */
  Gradients(
      Parameters parameters,
      List<Block> trained,
      Function<Block, List<Piece>> division,
      Arithmetic arithmetic) {
    this.parameters = parameters;
    this.trained = List.copyOf(trained);
    this.arithmetic = arithmetic;
    Set<List<Long>> seen = new HashSet<>();
    for (Block block : trained) {
      pieces.put(block, division.apply(block));
      for (Piece piece : pieces.get(block)) {
        if (!seen.add(layout(piece))) {
          repeated.add(layout(piece));
        }
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

  /** A block that trains in pieces, in the order in which they are to be completed. */
  List<Piece> pieces(Block block) {
    return pieces.get(block);
  }

  /**
   * All pieces in the order in which the backward pass completes them. The embedding comes after
   * the decoder's layers and the head, since a tied vocabulary's gradient has parts of both.
   */
  List<Piece> backwardOrder() {
    List<Block> order = new ArrayList<>(trained);
    Collections.reverse(order);
    return order.stream().flatMap(block -> pieces(block).stream()).toList();
  }

  /** One gradient for each weight of an undivided block; none if it is frozen. */
  List<Tensor> of(Block block) {
    return trains(block) ? of(Piece.whole(block)) : List.of();
  }

  /** One gradient for each weight and of its shape. */
  List<Tensor> of(Piece piece) {
    return hold(piece).views();
  }

  /** The whole piece's gradient, gaps of alignment included, which are zero; not to be closed. */
  Tensor memory(Piece piece) {
    return hold(piece).memory();
  }

  private Held hold(Piece piece) {
    return held.computeIfAbsent(
        piece,
        p -> {
          long size = size(p);
          Tensor whole = take(p, size);
          Tensor memory = whole.slice(0, size);
          return new Held(whole, memory, Parameters.views(p.layout(), memory));
        });
  }

  private Tensor take(Piece piece, long size) {
    List<Tensor> free = spare.getOrDefault(layout(piece), List.of());
    if (!free.isEmpty()) {
      return free.remove(free.size() - 1);
    }
    if (repeated.contains(layout(piece))
        || spareOfOthers
            .filter(other -> other.size() >= size && other.size() <= 2 * size)
            .isEmpty()) {
      return Tensor.zeros(parameters.type(), size);
    }
    Tensor other = spareOfOthers.get();
    spareOfOthers = Optional.empty();
    if (piece.layout().size() < size) {
      // Its gaps are elsewhere.
      arithmetic.zero(other);
    }
    return other;
  }

  /** Of the memory; a block's may be longer than what is in it. */
  private long size(Piece piece) {
    return piece.isWhole() ? parameters.range(piece.block()).size() : piece.layout().size();
  }

  /** What tells whether memory can be another's: where the weights lie in it, and its size. */
  private List<Long> layout(Piece piece) {
    return Stream.concat(
            piece.layout().weights().stream().map(Weight::size), Stream.of(size(piece)))
        .toList();
  }

  /** As below, of an undivided block. */
  boolean accumulate(Block block) {
    return accumulate(Piece.whole(block));
  }

  /** Whether the gradient holds something of this step already; it does from now on. */
  boolean accumulate(Piece piece) {
    return !written.add(piece);
  }

  /** Starts a step: what the memory holds is of no use any more. */
  void start() {
    written.clear();
  }

  /** Makes a gradient valid, if nothing was written. */
  void finish(Piece piece) {
    if (written.add(piece)) {
      of(piece).forEach(arithmetic::zero);
    }
  }

  /** Gives a piece's memory up for others: the next use begins anew. */
  void free(Piece piece) {
    written.remove(piece);
    Held done = held.remove(piece);
    done.closeViews();
    if (repeated.contains(layout(piece))) {
      spare.computeIfAbsent(layout(piece), layout -> new ArrayList<>()).add(done.whole());
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
