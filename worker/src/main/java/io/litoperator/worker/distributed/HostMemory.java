package io.litoperator.worker.distributed;

import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of a tensor in host memory, which may be longer than one buffer can span. Several
 * threads may work on different parts at a time.
 */
final class HostMemory {
  private static final long PIECE_BYTES = 1L << 30;

  private final Element element;
  private final long count;
  private final long pieceBytes;
  private final List<ByteBuffer> pieces = new ArrayList<>();

  private HostMemory(Element element, long count, long pieceBytes) {
    this.element = element;
    this.count = count;
    this.pieceBytes = pieceBytes;
  }

  static HostMemory of(Tensor tensor) {
    return of(tensor, PIECE_BYTES);
  }

  /**
   * @param tensor contiguous, of one dimension; its memory must outlive this
   * @param pieceBytes that one buffer spans; a multiple of the element's size
   */
  static HostMemory of(Tensor tensor, long pieceBytes) {
    Element element = Element.of(tensor.dtype());
    HostMemory memory = new HostMemory(element, tensor.size(), pieceBytes);
    long piece = pieceBytes / element.bytes();
    for (long start = 0; start < memory.count; start += piece) {
      try (Tensor slice = tensor.slice(start, Math.min(memory.count, start + piece))) {
        memory.pieces.add(slice.memory());
      }
    }
    return memory;
  }

  Element element() {
    return element;
  }

  /** Number of values. */
  long count() {
    return count;
  }

  /** Puts {@code values} from the {@code from}th on at the buffer's position, which it moves. */
  void read(long from, int values, ByteBuffer target) {
    forEachPiece(
        from,
        values,
        (piece, offset, length) -> {
          target.put(target.position(), piece, offset, length);
          target.position(target.position() + length);
        });
  }

  /** Takes {@code values} for the {@code from}th on from the buffer's position, which it moves. */
  void write(long from, int values, ByteBuffer source) {
    forEachPiece(
        from,
        values,
        (piece, offset, length) -> {
          piece.put(offset, source, source.position(), length);
          source.position(source.position() + length);
        });
  }

  private interface Part {
    void at(ByteBuffer piece, int offset, int length);
  }

  private void forEachPiece(long from, int values, Part part) {
    long start = from * element.bytes();
    long end = start + (long) values * element.bytes();
    while (start < end) {
      ByteBuffer piece = pieces.get((int) (start / pieceBytes));
      int offset = (int) (start % pieceBytes);
      int length = (int) Math.min(end - start, piece.limit() - offset);
      part.at(piece, offset, length);
      start += length;
    }
  }
}
