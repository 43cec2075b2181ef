package io.litoperator.worker.distributed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes frames to the next rank: values from where they lie, so that a frame copies nothing. */
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
    List<ByteBuffer> parts = values.views(from, count);
    header.write(frame.clear());
    parts.add(0, frame.flip());
    link.write(parts.toArray(ByteBuffer[]::new));
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
