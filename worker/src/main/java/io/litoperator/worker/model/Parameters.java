package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * All weights of a model in one buffer, block by block. Weights are views into it, so that the
 * optimizer, the collectives and checkpoints each work on plain ranges of memory.
 */
public final class Parameters implements AutoCloseable {
  /** Elements that every weight's offset is a multiple of: a cache line. */
  private static final int ALIGNMENT = 16;

  private final Layout layout;
  private final Map<Block, Range> ranges = new HashMap<>();
  private final DType type;
  private final long size;
  private Tensor flat;

  /** Elements {@code [start, end)} of a flat buffer. */
  public record Range(long start, long end) {
    public long size() {
      return end - start;
    }
  }

  /** Allocates all weights, zero, in fp32 and for one rank. */
  public Parameters(Layout layout) {
    this(layout, DType.FLOAT32, 1);
  }

  /**
   * Allocates all weights, zero.
   *
   * @param type FLOAT32 or BFLOAT16; the model computes in it
   * @param parts into which ranks divide every block equally, each from a cache line on
   */
  public Parameters(Layout layout, DType type, int parts) {
    this.layout = layout;
    long offset = 0;
    for (Block block : layout.blocks()) {
      Range range = new Range(offset, offset + paddedSize(block, (long) ALIGNMENT * parts));
      ranges.put(block, range);
      offset = range.end();
    }
    this.type = type;
    size = offset;
    flat = Tensor.zeros(type, size);
  }

  public Layout layout() {
    return layout;
  }

  public DType type() {
    return type;
  }

  /** Where a block lies in {@link #flat()}. */
  public Range range(Block block) {
    return ranges.get(block);
  }

  /** Shape (elements,); owned by this. Not to be asked for while the memory is given up. */
  public Tensor flat() {
    if (flat == null) {
      throw new IllegalStateException("the parameters are sharded: no rank has them whole");
    }
    return flat;
  }

  /** A view of a block's memory; the caller closes it. */
  public Tensor memory(Block block) {
    return flat().slice(range(block).start(), range(block).end());
  }

  /** Gives the memory up, to ranks that have taken their parts, until {@link #restore}. */
  public void release() {
    flat.close();
    flat = null;
  }

  /** Allocates the memory again; what it holds is for the caller to fill. */
  public void restore() {
    flat = Tensor.zeros(type, size);
  }

  /** Views of a block's weights, in the order of its program; the caller closes them. */
  public List<Tensor> weights(Block block) {
    try (Tensor memory = memory(block)) {
      return views(block, memory);
    }
  }

  /** Views of memory that is laid out as a block is, one for each weight. */
  public static List<Tensor> views(Block block, Tensor memory) {
    List<Tensor> views = new ArrayList<>();
    long offset = 0;
    for (Weight weight : block.weights()) {
      try (Tensor slice = memory.slice(offset, offset + weight.size())) {
        views.add(slice.reshape(weight.shape()));
      }
      offset += aligned(weight.size());
    }
    return views;
  }

  /** Calls with every named tensor, in order, and a view of its memory, which it closes itself. */
  public void forEachPart(Set<Block> blocks, BiConsumer<Weight.Part, Tensor> visitor) {
    for (Block block : layout.blocks()) {
      if (blocks.contains(block)) {
        try (Tensor memory = memory(block)) {
          forEachPart(block, memory, visitor);
        }
      }
    }
  }

  /** As above, for memory that is laid out as a block is. */
  public static void forEachPart(
      Block block, Tensor memory, BiConsumer<Weight.Part, Tensor> visitor) {
    long offset = 0;
    for (Weight weight : block.weights()) {
      long start = offset;
      for (Weight.Part part : weight.parts()) {
        try (Tensor slice = memory.slice(start, start + part.size());
            Tensor view = slice.reshape(part.shape())) {
          visitor.accept(part, view);
        }
        start += part.size();
      }
      offset += aligned(weight.size());
    }
  }

  /** Number of weights' elements, without the gaps of alignment. */
  public long count() {
    return layout.blocks().stream().mapToLong(Block::size).sum();
  }

  private static long paddedSize(Block block, long alignment) {
    long size = block.weights().stream().mapToLong(w -> aligned(w.size())).sum();
    return (size + alignment - 1) / alignment * alignment;
  }

  private static long aligned(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  @Override
  public void close() {
    if (flat != null) {
      flat.close();
    }
  }
}
