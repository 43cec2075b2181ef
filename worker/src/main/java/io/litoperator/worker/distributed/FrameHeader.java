package io.litoperator.worker.distributed;

import java.nio.ByteBuffer;

/**
 * What precedes every piece of data between neighbours, so that ranks which do different things
 * notice instead of adding up unrelated numbers.
 *
 * <p>On the wire: kind (4 bytes), length (4), sequence (8), in the buffer's byte order.
 *
 * @param sequence number of the operation; operations count from 0 on every rank
 * @param length of a sum: values in the whole operation; of a gather: bytes in this block; of a
 *     loss: the lost rank
 */
record FrameHeader(Kind kind, int length, long sequence) {
  static final int BYTES = 16;

  enum Kind {
    SUM,
    GATHER,
    /** Not data: the sender tells that a rank is lost, and ends. */
    LOSS;

    private static final Kind[] ALL = values();
  }

  static void write(ByteBuffer target, Kind kind, int length, long sequence) {
    target.putInt(kind.ordinal()).putInt(length).putLong(sequence);
  }

  static FrameHeader read(ByteBuffer source) {
    int kind = source.getInt();
    if (kind < 0 || kind >= Kind.ALL.length) {
      throw new IllegalStateException("A neighbour sent a frame of unknown kind " + kind);
    }
    return new FrameHeader(Kind.ALL[kind], source.getInt(), source.getLong());
  }

  String describe() {
    return switch (kind) {
      case SUM -> "operation " + sequence + " (sum of " + length + " values)";
      case GATHER -> "operation " + sequence + " (gather)";
      case LOSS -> "loss of rank " + length + " in operation " + sequence;
    };
  }
}
