package io.litoperator.worker.train;

import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of tensors in fp32 in the host's memory, by name, to be written while training goes on.
 * They lie one after the other in chunks, which are kept for the copies of the next checkpoint: a
 * GPU fills memory several times as fast once it is page-locked, and locking it takes longer than
 * the copy.
 */
final class HostCopies implements AutoCloseable {
  /** Elements of the first chunk and of the largest; powers of two, to which torch rounds up. */
  private static final long SMALLEST = 1L << 18;

  private static final long LARGEST = 1L << 24;

  private final List<Tensor> chunks = new ArrayList<>();
  private final Map<String, List<ByteBuffer>> copies = new HashMap<>();
  private int filled;
  private long used;

  /** Makes room for so many elements, unless there is. */
  void reserve(long elements) {
    long held = chunks.stream().mapToLong(Tensor::size).sum();
    while (held < elements) {
      held += grow().size();
    }
  }

  /** Forgets all copies: what they are in will be used anew. */
  void restart() {
    copies.clear();
    filled = 0;
    used = 0;
  }

  /** Copies contiguous values of any type. */
  void add(String name, Tensor values) {
    List<ByteBuffer> pieces = new ArrayList<>();
    long size = values.size();
    try (Tensor flat = values.reshape(size)) {
      long start = 0;
      while (start < size) {
        Tensor chunk = chunk();
        long length = Math.min(size - start, chunk.size() - used);
        try (Tensor from = flat.slice(start, start + length);
            Tensor into = chunk.slice(used, used + length)) {
          into.copyFrom(from);
          pieces.add(into.memory());
        }
        start += length;
        used += length;
      }
    }
    copies.put(name, pieces);
  }

  /** The first one with room, made if there is none. */
  private Tensor chunk() {
    while (filled < chunks.size()) {
      Tensor chunk = chunks.get(filled);
      if (used < chunk.size()) {
        return chunk;
      }
      filled++;
      used = 0;
    }
    return grow();
  }

  private Tensor grow() {
    long last = chunks.isEmpty() ? 0 : chunks.get(chunks.size() - 1).size();
    Tensor chunk = Tensor.host(DType.FLOAT32, Math.max(SMALLEST, Math.min(LARGEST, 2 * last)));
    chunks.add(chunk);
    return chunk;
  }

  /** A tensor to be written whose content is a copy; it may be added later. */
  NamedTensor named(String name, long... shape) {
    return new NamedTensor(
        name,
        io.litoperator.worker.safetensors.DType.F32,
        shape,
        () -> copies.get(name).stream().map(ByteBuffer::duplicate).iterator());
  }

  @Override
  public void close() {
    restart();
    chunks.forEach(Tensor::close);
    chunks.clear();
  }
}
