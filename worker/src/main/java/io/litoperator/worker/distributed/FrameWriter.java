package io.litoperator.worker.distributed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes frames to the next rank. Keeps one buffer, so that a frame allocates nothing. */
final class FrameWriter {
  private final Link link;
  private final ByteBuffer frame = frameBuffer();

  FrameWriter(Link link) {
    this.link = link;
  }

  /** Room for a header and a chunk, in this machine's byte order, which all ranks share. */
  static ByteBuffer frameBuffer() {
    return ByteBuffer.allocateDirect(FrameHeader.BYTES + Element.CHUNK_BYTES)
        .order(ByteOrder.nativeOrder());
  }

  /**
   * @param count at most {@link Element#chunk()}
   */
  void values(FrameHeader header, HostMemory values, long from, int count) throws IOException {
    header.write(frame.clear());
    values.read(from, count, frame);
    link.write(frame.flip());
  }

  void block(long sequence, byte[] block) throws IOException {
    write(FrameHeader.plain(FrameHeader.Kind.BLOCKS, block.length, sequence));
    link.write(ByteBuffer.wrap(block));
  }

  /** Tells the next rank that another is lost. */
  void loss(int rank, long sequence) throws IOException {
    write(FrameHeader.plain(FrameHeader.Kind.LOSS, rank, sequence));
  }

  private void write(FrameHeader header) throws IOException {
    header.write(frame.clear());
    link.write(frame.flip());
  }
}
