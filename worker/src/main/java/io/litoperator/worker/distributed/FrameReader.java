package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads frames from the previous rank and checks that they belong to the operation at hand. Keeps
 * its buffers, so that a frame of values allocates next to nothing.
 */
final class FrameReader {
  private final Link link;
  private final int rank;
  private final int previous;
  private final ByteBuffer frame = FrameWriter.frameBuffer();
  private final Element.Scratch scratch = new Element.Scratch();

  FrameReader(Link link, int rank, int previous) {
    this.link = link;
    this.rank = rank;
    this.previous = previous;
  }

  /**
   * Reads a chunk into a part of {@code values}.
   *
   * @param count at most {@link Element#chunk()}
   * @param adding whether the chunk is added to what is there, or replaces it
   */
  void values(FrameHeader expected, HostMemory values, long from, int count, boolean adding)
      throws IOException {
    FrameHeader header = header();
    if (!header.equals(expected)) {
      throw mismatch(expected, header);
    }
    for (ByteBuffer ours : values.views(from, count)) {
      if (adding) {
        add(expected.element(), ours);
      } else {
        link.read(ours);
      }
    }
  }

  private void add(Element element, ByteBuffer ours) throws IOException {
    ByteBuffer theirs = frame.clear().limit(ours.limit());
    link.read(theirs);
    element.add(ours, theirs.rewind(), scratch, ours.limit() / element.bytes());
  }

  /** Reads a block of any length. */
  byte[] block(FrameHeader expected) throws IOException {
    FrameHeader header = header();
    if (header.kind() != expected.kind() || header.sequence() != expected.sequence()) {
      throw mismatch(expected, header);
    }
    byte[] block = new byte[Math.toIntExact(header.length())];
    link.read(ByteBuffer.wrap(block));
    return block;
  }

  private FrameHeader header() throws IOException {
    link.read(frame.clear().limit(FrameHeader.BYTES));
    FrameHeader header = FrameHeader.read(frame.rewind());
    if (header.kind() == FrameHeader.Kind.LOSS) {
      throw new RankLost(Math.toIntExact(header.length()), "as rank " + previous + " reports");
    }
    return header;
  }

  private Failure mismatch(FrameHeader expected, FrameHeader actual) {
    return new Failure(
        ExitCode.INTERNAL,
        "Ranks do different things: rank %d is in %s, rank %d in %s; this is a defect of the program."
            .formatted(rank, expected.describe(), previous, actual.describe()));
  }
}
