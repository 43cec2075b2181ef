package io.litoperator.worker.model;

import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.ObjLongConsumer;

/**
 * All weights of a model in one buffer, block by block. Weights are views into it, so that the
 * optimizer, the collectives and checkpoints each work on plain ranges of memory. A rank may hold
 * an equal part of every block only, until the parts are united.
 */
public final class Parameters implements AutoCloseable {
  /** Elements that every weight's offset is a multiple of: a cache line. */
  private static final int ALIGNMENT = 16;

  private final Layout layout;
  private final Map<Block, Range> ranges = new HashMap<>();
  private final DType type;
  private final long size;
  private Shard held;
  private Tensor memory;

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
    this(layout, type, parts, Shard.WHOLE);
  }

  private Parameters(Layout layout, DType type, int parts, Shard held) {
    this.layout = layout;
    long offset = 0;
    for (Block block : layout.blocks()) {
      Range range = new Range(offset, offset + paddedSize(block, (long) ALIGNMENT * parts));
      ranges.put(block, range);
      offset = range.end();
    }
    this.type = type;
    size = offset;
    this.held = held;
    memory = allocate(held);
  }

  /** Allocates one rank's part of every block, zero. */
  public static Parameters divided(Layout layout, DType type, Shard shard) {
    return new Parameters(layout, type, shard.count(), shard);
  }

  /** In which a model of a precision computes. */
  public static DType typeOf(Precision precision) {
    return precision == Precision.BF16 ? DType.BFLOAT16 : DType.FLOAT32;
  }

  private Tensor allocate(Shard shard) {
    return Tensor.zeros(type, size / shard.count());
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

  /** Shape (elements,); owned by this. Not to be asked for while the weights are divided. */
  public Tensor flat() {
    if (!held.isWhole()) {
      throw new IllegalStateException("the parameters are divided: no rank has them whole");
    }
    return memory;
  }

  /** A view of a block's memory; the caller closes it. */
  public Tensor memory(Block block) {
    return flat().slice(range(block).start(), range(block).end());
  }

  /** What this rank holds of a block, counted from the block's start. */
  public Range heldRange(Block block) {
    return held.of(new Range(0, range(block).size()));
  }

  /** A view of what this rank holds of a block; the caller closes it. */
  public Tensor held(Block block) {
    long start = range(block).start() / held.count();
    return memory.slice(start, start + heldRange(block).size());
  }

  /** Gives up all but one part of every block, if that is not done. */
  public void divide(Shard shard) {
    if (!shard.equals(held)) {
      Tensor parts = allocate(shard);
      for (Block block : layout.blocks()) {
        Range range = shard.of(range(block));
        long start = range(block).start() / shard.count();
        try (Tensor from = flat().slice(range.start(), range.end());
            Tensor into = parts.slice(start, start + range.size())) {
          into.copyFrom(from);
        }
      }
      replace(parts, shard);
    }
  }

  /**
   * Makes all weights whole, if they are divided.
   *
   * @param gather fills a whole block's memory; every block is asked for, in order
   */
  public void unite(BiConsumer<Block, Tensor> gather) {
    if (!held.isWhole()) {
      Tensor whole = allocate(Shard.WHOLE);
      for (Block block : layout.blocks()) {
        try (Tensor into = whole.slice(range(block).start(), range(block).end())) {
          gather.accept(block, into);
        }
      }
      replace(whole, Shard.WHOLE);
    }
  }

  private void replace(Tensor other, Shard shard) {
    memory.close();
    memory = other;
    held = shard;
  }

  /** Views of a block's weights, in the order of its program; the caller closes them. */
  public List<Tensor> weights(Block block) {
    try (Tensor whole = memory(block)) {
      return views(block, whole);
    }
  }

  /** Where a weight begins in its block's memory, in elements. */
  public static long offset(Block block, int weight) {
    return block.weights().subList(0, weight).stream().mapToLong(w -> aligned(w.size())).sum();
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

  /** Where the weights of a block lie, counted from its start, each with the gap behind it. */
  public static List<Range> ranges(Block block) {
    List<Range> ranges = new ArrayList<>();
    long offset = 0;
    for (Weight weight : block.weights()) {
      ranges.add(new Range(offset, offset + aligned(weight.size())));
      offset += aligned(weight.size());
    }
    return ranges;
  }

  /** Calls with every named tensor, in order, and a view of its memory, which it closes itself. */
  public void forEachPart(Set<Block> blocks, BiConsumer<Weight.Part, Tensor> visitor) {
    for (Block block : layout.blocks()) {
      if (blocks.contains(block)) {
        try (Tensor whole = memory(block)) {
          forEachPart(block, whole, visitor);
        }
      }
    }
  }

  /** As above, for memory that is laid out as a block is. */
  public static void forEachPart(
      Block block, Tensor memory, BiConsumer<Weight.Part, Tensor> visitor) {
    forEachSlice(
        block,
        new Range(0, memory.size()),
        memory,
        (slice, elements) -> {
          try (Tensor view = elements.reshape(slice.part().shape())) {
            visitor.accept(slice.part(), view);
          }
        });
  }

  /** Calls with what this rank holds of every named tensor; as {@link #forEachSlice} below. */
  public void forEachSlice(Set<Block> blocks, BiConsumer<Slice, Tensor> visitor) {
    for (Block block : layout.blocks()) {
      if (blocks.contains(block)) {
        try (Tensor part = held(block)) {
          forEachSlice(block, heldRange(block), part, visitor);
        }
      }
    }
  }

  /**
   * Calls with what a range of a block holds of every named tensor, in order, unless it is nothing,
   * and a view of its memory of one dimension, which it closes itself.
   *
   * @param range counted from the block's start
   * @param memory of the range
   */
  public static void forEachSlice(
      Block block, Range range, Tensor memory, BiConsumer<Slice, Tensor> visitor) {
    forEachSlice(
        block,
        range,
        (slice, from) -> {
          try (Tensor view = memory.slice(from, from + slice.size())) {
            visitor.accept(slice, view);
          }
        });
  }

  /** Elements of named tensors in a range of a block, without the gaps of alignment. */
  public static long count(Block block, Range range) {
    AtomicLong count = new AtomicLong();
    forEachSlice(block, range, (slice, from) -> count.addAndGet(slice.size()));
    return count.get();
  }

  /** Elements that this rank holds of blocks, counted likewise. */
  public long heldCount(Set<Block> blocks) {
    return blocks.stream().mapToLong(block -> count(block, heldRange(block))).sum();
  }

  private static void forEachSlice(Block block, Range range, ObjLongConsumer<Slice> visitor) {
    long offset = 0;
    for (Weight weight : block.weights()) {
      long first = offset;
      for (Weight.Part part : weight.parts()) {
        long start = Math.max(range.start(), first);
        long end = Math.min(range.end(), first + part.size());
        if (start < end) {
          visitor.accept(new Slice(part, start - first, end - first), start - range.start());
        }
        first += part.size();
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
    memory.close();
  }
}
