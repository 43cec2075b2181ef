package io.litoperator.worker.distributed;

import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /**
   * Where {@code values} from the {@code from}th on are, in this machine's byte order: several
   * buffers if they lie in several pieces, none if they are none.
   */
  List<ByteBuffer> views(long from, int values) {
    List<ByteBuffer> views = new ArrayList<>(1);
    long start = from * element.bytes();
    long end = start + (long) values * element.bytes();
    while (start < end) {
      ByteBuffer piece = pieces.get((int) (start / pieceBytes));
      int offset = (int) (start % pieceBytes);
      int length = (int) Math.min(end - start, piece.limit() - offset);
      views.add(piece.slice(offset, length).order(ByteOrder.nativeOrder()));
      start += length;
    }
    return views;
  }
}
