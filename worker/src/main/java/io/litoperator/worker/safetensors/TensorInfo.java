package io.litoperator.worker.safetensors;

import java.util.Arrays;

/**
 * Where a tensor lies in its file.
 *
 * @param shape sizes, outermost first; empty for a scalar
 * @param offset of the first data byte, from the start of the file
 * @param length in bytes
 */
public record TensorInfo(String name, DType dtype, long[] shape, long offset, long length) {

  public TensorInfo {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return length / dtype.bytes();
  }

  long end() {
    return offset + length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && name.equals(that.name)
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && offset == that.offset
        && length == that.length;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape) + " at " + offset;
  }
}
