package io.litoperator.worker.distributed;

import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Ring all-reduce. The buffer is cut into one segment per rank. In the first {@code N - 1} steps
 * every rank adds the segment that comes from the previous rank to its own and passes the result
 * on; then each segment's total is with one rank, and goes round once more to replace the others'
 * in the last {@code N - 1} steps. Every total is made once, by one rank, so that all ranks end
 * with the same bits. Segments travel in chunks, each forwarded as soon as it is added.
 *
 * <p>The threads share the buffer without a lock: a chunk's total can only arrive after this rank's
 * own contribution has left, since it is part of it.
 */
final class Sum extends Operation {
  private final FloatBuffer values;
  private final int rank;
  private final int worldSize;

  /**
   * @param values a view of its own, whose position is 0 and is not moved
   */
  Sum(FloatBuffer values, int rank, int worldSize, long sequence) {
    super(new FrameHeader(FrameHeader.Kind.SUM, values.limit(), sequence));
    this.values = values;
    this.rank = rank;
    this.worldSize = worldSize;
  }

  @Override
  void send(FrameWriter out) throws IOException {
    int forwarded = 0;
    for (int step = 0; step < steps(); step++) {
      int segment = Math.floorMod(rank - step, worldSize);
      int from = start(segment);
      int end = start(segment + 1);
      do {
        int count = Math.min(FrameWriter.CHUNK_VALUES, end - from);
        if (step > 0) {
          awaitFrames(++forwarded);
        }
        out.values(header(), values, from, count);
        from += count;
      } while (from < end);
    }
  }

  @Override
  void receive(FrameReader in) throws IOException {
    for (int step = 0; step < steps(); step++) {
      boolean adding = step < worldSize - 1;
      int segment = Math.floorMod(rank - step - 1, worldSize);
      int from = start(segment);
      int end = start(segment + 1);
      do {
        int count = Math.min(FrameWriter.CHUNK_VALUES, end - from);
        in.values(header(), values, from, count, adding);
        frameArrived();
        from += count;
      } while (from < end);
    }
  }

  private int steps() {
    return 2 * (worldSize - 1);
  }

  private int start(int segment) {
    return (int) ((long) values.limit() * segment / worldSize);
  }
}
