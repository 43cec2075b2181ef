package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Reads frames from the previous rank and checks that they belong to the operation at hand. Keeps
 * its buffers, so that a frame of values allocates next to nothing.
 */
final class FrameReader {
  private final Link link;
  private final int rank;
  private final int previous;
  private final ByteBuffer frame = FrameWriter.frameBuffer();
  private final FloatBuffer payload = FrameWriter.payloadOf(frame);
  private final float[] theirs = new float[FrameWriter.CHUNK_VALUES];
  private final float[] ours = new float[FrameWriter.CHUNK_VALUES];

  FrameReader(Link link, int rank, int previous) {
    this.link = link;
    this.rank = rank;
    this.previous = previous;
  }

  /**
   * Reads a chunk into a part of {@code values}.
   *
   * @param count at most {@link FrameWriter#CHUNK_VALUES}
   * @param adding whether the chunk is added to what is there, or replaces it
   */
  void values(FrameHeader expected, FloatBuffer values, int from, int count, boolean adding)
      throws IOException {
    FrameHeader header = header();
    if (!header.equals(expected)) {
      throw mismatch(expected, header);
    }
    link.read(frame.limit(FrameHeader.BYTES + count * Float.BYTES));
    if (adding) {
      payload.get(0, theirs, 0, count);
      values.get(from, ours, 0, count);
      add(ours, theirs, count);
      values.put(from, ours, 0, count);
    } else {
      values.put(from, payload, 0, count);
    }
  }

  /** Reads a block of any length. */
  byte[] block(FrameHeader expected) throws IOException {
    FrameHeader header = header();
    if (header.kind() != expected.kind() || header.sequence() != expected.sequence()) {
      throw mismatch(expected, header);
    }
    byte[] block = new byte[header.length()];
    link.read(ByteBuffer.wrap(block));
    return block;
  }

  private FrameHeader header() throws IOException {
    link.read(frame.clear().limit(FrameHeader.BYTES));
    FrameHeader header = FrameHeader.read(frame.rewind());
    if (header.kind() == FrameHeader.Kind.LOSS) {
      throw new RankLost(header.length(), "as rank " + previous + " reports");
    }
    return header;
  }

  /** A loop over plain arrays, which the compiler turns into vector instructions. */
  private static void add(float[] sum, float[] summand, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += summand[i];
    }
  }

  private Failure mismatch(FrameHeader expected, FrameHeader actual) {
    return new Failure(
        ExitCode.INTERNAL,
        "Ranks do different things: rank %d is in %s, rank %d in %s; this is a defect of the program."
            .formatted(rank, expected.describe(), previous, actual.describe()));
  }
}
