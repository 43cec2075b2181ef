package io.litoperator.worker.distributed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Writes frames to the next rank. Keeps one buffer, so that a frame allocates nothing. */
final class FrameWriter {
  /** Values in a chunk: 256 KiB, which stays in a core's second-level cache. */
  static final int CHUNK_VALUES = 1 << 16;

  private final Link link;
  private final ByteBuffer frame = frameBuffer();
  private final FloatBuffer payload = payloadOf(frame);

  FrameWriter(Link link) {
    this.link = link;
  }

  /** Room for a header and a chunk, in this machine's byte order, which all ranks share. */
  static ByteBuffer frameBuffer() {
    return ByteBuffer.allocateDirect(FrameHeader.BYTES + CHUNK_VALUES * Float.BYTES)
        .order(ByteOrder.nativeOrder());
  }

  static FloatBuffer payloadOf(ByteBuffer frame) {
    return frame
        .slice(FrameHeader.BYTES, CHUNK_VALUES * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * @param count at most {@link #CHUNK_VALUES}
   */
  void values(FrameHeader header, FloatBuffer values, int from, int count) throws IOException {
    begin(header.kind(), header.length(), header.sequence());
    payload.put(0, values, from, count);
    frame.limit(FrameHeader.BYTES + count * Float.BYTES).position(0);
    link.write(frame);
  }

  void block(long sequence, byte[] block) throws IOException {
    begin(FrameHeader.Kind.GATHER, block.length, sequence);
    link.write(frame.flip());
    link.write(ByteBuffer.wrap(block));
  }

  /** Tells the next rank that another is lost. */
  void loss(int rank, long sequence) throws IOException {
    begin(FrameHeader.Kind.LOSS, rank, sequence);
    link.write(frame.flip());
  }

  private void begin(FrameHeader.Kind kind, int length, long sequence) {
    FrameHeader.write(frame.clear(), kind, length, sequence);
  }
}
