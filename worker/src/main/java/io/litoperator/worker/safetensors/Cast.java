package io.litoperator.worker.safetensors;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Tensors in another floating type, converted piece by piece when they are written. */
public final class Cast {
  /** Elements that are converted at a time. */
  private static final int CHUNK = 1 << 16;

  private Cast() {}

  /**
   * A tensor in a type; its very bytes if it is of that type already.
   *
   * @throws Failure {@code BAD_DATA}, also when its content is read, if the tensor is not of a
   *     floating type that can be converted, or holds a value that the type has no room for
   */
  public static NamedTensor to(DType dtype, NamedTensor tensor) {
    if (tensor.dtype() == dtype) {
      return tensor;
    }
    if (!Floats.decodes(tensor.dtype())) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Tensor %s is %s, which cannot be converted to %s."
              .formatted(tensor.name(), tensor.dtype(), dtype));
    }
    return new NamedTensor(
        tensor.name(), dtype, tensor.shape(), () -> new Converted(tensor, dtype));
  }

  /** Yields one buffer again and again, with the next part of the content. */
  private static final class Converted implements Iterator<ByteBuffer> {
    private final NamedTensor tensor;
    private final DType dtype;
    private final Iterator<ByteBuffer> pieces;
    private final FloatBuffer values = FloatBuffer.allocate(CHUNK);
    private final ByteBuffer bytes;
    private ByteBuffer piece = ByteBuffer.allocate(0);

    Converted(NamedTensor tensor, DType dtype) {
      this.tensor = tensor;
      this.dtype = dtype;
      this.pieces = tensor.data().iterator();
      this.bytes = ByteBuffer.allocate(CHUNK * dtype.bytes());
    }

    @Override
    public boolean hasNext() {
      while (!piece.hasRemaining() && pieces.hasNext()) {
        piece = pieces.next();
      }
      return piece.hasRemaining();
    }

    @Override
    public ByteBuffer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int length = Math.min(CHUNK * tensor.dtype().bytes(), piece.remaining());
      Floats.decode(tensor.dtype(), piece.slice(piece.position(), length), values.clear());
      piece.position(piece.position() + length);
      try {
        Floats.encode(values.flip(), dtype, bytes.clear());
      } catch (ArithmeticException e) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "Tensor %s holds %s, for which %s has no room; choose bf16 or fp32."
                .formatted(tensor.name(), e.getMessage(), dtype),
            e);
      }
      return bytes.flip();
    }
  }
}
