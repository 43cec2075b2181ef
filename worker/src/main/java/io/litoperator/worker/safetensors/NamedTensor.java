package io.litoperator.worker.safetensors;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A tensor with its content.
 *
 * @param shape sizes, outermost first; empty for a scalar
 * @param data little-endian content in consecutive pieces, so that it may exceed the 2 GiB of one
 *     buffer; each iteration yields buffers whose remaining bytes are the content
 */
public record NamedTensor(String name, DType dtype, long[] shape, Iterable<ByteBuffer> data) {

  public NamedTensor {
    Objects.requireNonNull(name);
    Objects.requireNonNull(dtype);
    Objects.requireNonNull(data);
    shape = shape.clone();
  }

  /** A tensor in one buffer, of which the remaining bytes are the content. */
  public static NamedTensor of(String name, DType dtype, long[] shape, ByteBuffer data) {
    return of(name, dtype, shape, data::duplicate);
  }

  /** A tensor whose content is asked for when it is needed. */
  public static NamedTensor of(String name, DType dtype, long[] shape, Supplier<ByteBuffer> data) {
    return new NamedTensor(name, dtype, shape, () -> List.of(data.get()).iterator());
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Size of the content that dtype and shape ask for. */
  public long bytes() {
    return dtype.bytes(shape);
  }
}
