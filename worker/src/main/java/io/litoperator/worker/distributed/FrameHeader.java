package io.litoperator.worker.distributed;

import java.nio.ByteBuffer;

/**
 * What precedes every piece of data between neighbours, so that ranks which do different things
 * notice instead of adding up unrelated numbers.
 *
 * <p>On the wire: kind (4 bytes), element (4), length (8), sequence (8), in the buffer's byte
 * order.
 *
 * @param element type of the values; of bytes, {@link Element#FLOAT32} too
 * @param length values in the whole operation; of a gather: bytes in this block; of a loss: the
 *     lost rank
 * @param sequence number of the operation; operations count from 0 on every rank
 */
record FrameHeader(Kind kind, Element element, long length, long sequence) {
  static final int BYTES = 24;

  enum Kind {
    ALL_REDUCE("sum"),
    REDUCE_SCATTER("scattered sum"),
    ALL_GATHER("gather"),
    BROADCAST("broadcast"),
    /** Of blocks whose lengths may differ. */
    BLOCKS("gather"),
    /** Not data: the sender tells that a rank is lost, and ends. */
    LOSS("loss");

    private static final Kind[] ALL = values();

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** Of bytes, or of a loss. */
  static FrameHeader plain(Kind kind, long length, long sequence) {
    return new FrameHeader(kind, Element.FLOAT32, length, sequence);
  }

  void write(ByteBuffer target) {
    target.putInt(kind.ordinal()).putInt(element.ordinal()).putLong(length).putLong(sequence);
  }

  static FrameHeader read(ByteBuffer source) {
    int kind = source.getInt();
    int element = source.getInt();
    if (kind < 0 || kind >= Kind.ALL.length || element < 0 || element >= Element.ALL.length) {
      throw new IllegalStateException(
          "A neighbour sent a frame of unknown kind %d or element %d".formatted(kind, element));
    }
    return new FrameHeader(
        Kind.ALL[kind], Element.ALL[element], source.getLong(), source.getLong());
  }

  String describe() {
    return switch (kind) {
      case BLOCKS -> "operation %d (%s)".formatted(sequence, kind.words);
      case LOSS -> "loss of rank %d in operation %d".formatted(length, sequence);
      default ->
          "operation %d (%s of %d %s values)"
              .formatted(sequence, kind.words, length, element.label());
    };
  }
}
