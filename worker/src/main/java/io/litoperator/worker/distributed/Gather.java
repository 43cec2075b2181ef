package io.litoperator.worker.distributed;

import java.io.IOException;

/** Ring all-gather of blocks whose lengths may differ: every block goes round once, as a whole. */
final class Gather extends Operation {
  private final byte[][] blocks;
  private final int rank;
  private final int worldSize;

  /**
   * @param mine this rank's block; not to be changed until the operation is done
   */
  Gather(byte[] mine, int rank, int worldSize, long sequence) {
    super(FrameHeader.plain(FrameHeader.Kind.BLOCKS, mine.length, sequence));
    this.rank = rank;
    this.worldSize = worldSize;
    blocks = new byte[worldSize][];
    blocks[rank] = mine;
  }

  @Override
  void send(FrameWriter out) throws IOException {
    for (int step = 0; step < worldSize - 1; step++) {
      awaitFrames(step);
      out.block(header().sequence(), blocks[Math.floorMod(rank - step, worldSize)]);
    }
  }

  @Override
  void receive(FrameReader in) throws IOException {
    for (int step = 0; step < worldSize - 1; step++) {
      blocks[Math.floorMod(rank - step - 1, worldSize)] = in.block(header());
      frameArrived();
    }
  }

  /** Every rank's block, in the order of ranks; complete once {@link #await} has returned. */
  byte[][] blocks() {
    return blocks;
  }
}
