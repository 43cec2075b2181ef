package io.litoperator.worker.distributed;

import io.litoperator.worker.distributed.FrameHeader.Kind;
import java.io.IOException;

/**
 * Ring all-reduce, or one of its halves. The values are cut into one segment per rank. In the first
 * {@code N - 1} steps every rank adds the segment that comes from the previous rank to its own and
 * passes the result on, after which rank {@code r} has the total of segment {@code r}: the
 * reduce-scatter. In the last {@code N - 1} steps each total goes round once and replaces the
 * others': the all-gather. Every total is made once, by one rank, so that all ranks end with the
 * same bits. Segments travel in chunks, each forwarded as soon as it is added.
 *
 * <p>The threads share the memory without a lock: a chunk's total can only arrive after this rank's
 * own contribution has left, since it is part of it.
 */
final class RingPass extends Operation {
  private final HostMemory values;
  private final int rank;
  private final int worldSize;
  private final int firstStep;
  private final int endStep;

  /**
   * @param kind {@code ALL_REDUCE}, {@code REDUCE_SCATTER} or {@code ALL_GATHER}
   */
  RingPass(Kind kind, HostMemory values, int rank, int worldSize, long sequence) {
    super(new FrameHeader(kind, values.element(), values.count(), sequence));
    this.values = values;
    this.rank = rank;
    this.worldSize = worldSize;
    int half = worldSize - 1;
    firstStep = kind == Kind.ALL_GATHER ? half : 0;
    endStep = kind == Kind.REDUCE_SCATTER ? half : 2 * half;
  }

  private interface ChunkVisitor {
    void visit(long from, int count) throws IOException;
  }

  @Override
  void send(FrameWriter out) throws IOException {
    int[] forwarded = {0};
    for (int step = firstStep; step < endStep; step++) {
      boolean own = step == firstStep;
      forEachChunk(
          rank - step - 1,
          (from, count) -> {
            if (!own) {
              awaitFrames(++forwarded[0]);
            }
            out.values(header(), values, from, count);
          });
    }
  }

  @Override
  void receive(FrameReader in) throws IOException {
    for (int step = firstStep; step < endStep; step++) {
      boolean adding = step < worldSize - 1;
      forEachChunk(
          rank - step - 2,
          (from, count) -> {
            in.values(header(), values, from, count, adding);
            frameArrived();
          });
    }
  }

  /** An empty segment is one empty chunk, so that its header is compared all the same. */
  private void forEachChunk(int unwrappedSegment, ChunkVisitor visitor) throws IOException {
    int segment = Math.floorMod(unwrappedSegment, worldSize);
    long from = start(segment);
    long end = start(segment + 1);
    do {
      int count = (int) Math.min(values.element().chunk(), end - from);
      visitor.visit(from, count);
      from += count;
    } while (from < end);
  }

  private long start(int segment) {
    return Math.multiplyExact(values.count(), segment) / worldSize;
  }
}
