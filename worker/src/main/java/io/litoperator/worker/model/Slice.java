package io.litoperator.worker.model;

import io.litoperator.worker.torch.Tensor;
import java.nio.FloatBuffer;

/**
 * A stretch of a named tensor's elements, in row-major order.
 *
 * @param start first element
 * @param end element after the last
 */
public record Slice(Weight.Part part, long start, long end) {
  /** Elements that pass through the host's memory at a time. */
  private static final long PIECE = 1L << 24;

  /** Where values come from. */
  public interface Source {
    /** Appends elements {@code [start, end)} of a tensor. */
    void read(String name, long start, long end, FloatBuffer into);
  }

  public long size() {
    return end - start;
  }

  /** Reads the elements into memory of as many, of any type, on any device. */
  public void read(Source source, Tensor into) {
    try (Tensor flat = into.reshape(size())) {
      for (long done = 0; done < size(); done += PIECE) {
        long first = start + done;
        long last = Math.min(end, first + PIECE);
        try (Tensor piece = flat.slice(done, done + last - first)) {
          piece.write(values -> source.read(part.name(), first, last, values));
        }
      }
    }
  }
}
