package io.litoperator.worker.torch;

import ai.djl.pytorch.jni.TorchNative;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A handle on a torch tensor. Whoever gets one closes it; the memory goes with its last handle,
 * views and autograd graphs counted.
 */
public final class Tensor implements AutoCloseable {
  /** Largest piece of memory that one direct buffer spans. */
  private static final long MAX_BUFFER_BYTES = Integer.MAX_VALUE - 7L;

  private long handle;

  Tensor(long handle) {
    this.handle = handle;
  }

  /** Uninitialised memory. */
  public static Tensor empty(DType type, long... shape) {
    return new Tensor(TorchNative.empty(shape, type.code));
  }

  public static Tensor zeros(DType type, long... shape) {
    return new Tensor(TorchNative.zeros(shape, type.code));
  }

  public static Tensor of(float[] values, long... shape) {
    Tensor tensor = empty(DType.FLOAT32, shape);
    if (values.length > 0) {
      tensor.floats().put(values);
    }
    return tensor;
  }

  public static Tensor of(long... values) {
    Tensor tensor = empty(DType.INT64, values.length);
    if (values.length > 0) {
      tensor.memory().asLongBuffer().put(values);
    }
    return tensor;
  }

  long handle() {
    if (handle == 0) {
      throw new IllegalStateException("tensor is closed");
    }
    return handle;
  }

  public long[] shape() {
    return TorchNative.shape(handle());
  }

  public long size() {
    return Arrays.stream(shape()).reduce(1, Math::multiplyExact);
  }

  public DType dtype() {
    return DType.of(TorchNative.dtype(handle()));
  }

  /** Elements {@code [start, end)} of the first dimension; shares memory. */
  public Tensor slice(long start, long end) {
    return new Tensor(TorchNative.slice(handle(), 0, start, end));
  }

  /** The same elements in another shape; shares memory where this is contiguous. */
  public Tensor reshape(long... shape) {
    return new Tensor(TorchNative.reshape(handle(), shape));
  }

  /** The same memory outside any autograd graph; a leaf that collects gradients if asked to. */
  public Tensor leaf(boolean requiresGrad) {
    Tensor leaf = new Tensor(TorchNative.detach(handle()));
    TorchNative.requireGrad(leaf.handle, requiresGrad);
    return leaf;
  }

  /** The same elements in memory of their own. */
  public Tensor copy() {
    return new Tensor(TorchNative.copy(handle()));
  }

  /** This tensor's memory in native order. It must be contiguous and outlive the buffer. */
  public ByteBuffer memory() {
    if (size() * dtype().bytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException("a buffer spans at most 2 GiB: take slices");
    }
    return TorchNative.memory(handle()).order(ByteOrder.nativeOrder());
  }

  /** As {@link #memory()}, of a FLOAT32 tensor. */
  public FloatBuffer floats() {
    return memory().asFloatBuffer();
  }

  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(size())];
    if (values.length > 0) {
      try (Tensor contiguous = new Tensor(TorchNative.contiguous(handle()))) {
        contiguous.floats().get(values);
      }
    }
    return values;
  }

  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(size())];
    if (values.length > 0) {
      try (Tensor contiguous = new Tensor(TorchNative.contiguous(handle()))) {
        contiguous.memory().asLongBuffer().get(values);
      }
    }
    return values;
  }

  @Override
  public void close() {
    if (handle != 0) {
      TorchNative.deleteTensor(handle);
      handle = 0;
    }
  }
}
