package io.litoperator.worker.torch;

import ai.djl.pytorch.jni.TorchNative;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A handle on a torch tensor, on the process's device unless it was made for the host. Whoever gets
 * one closes it; the memory goes with its last handle, views and autograd graphs counted.
 */
public final class Tensor implements AutoCloseable {
  /** Largest piece of memory that one direct buffer spans. */
  private static final long MAX_BUFFER_BYTES = Integer.MAX_VALUE - 7L;

  /** Elements of a piece. */
  private static final long PIECE = 1L << 28;

  private long handle;

  Tensor(long handle) {
    this.handle = handle;
  }

  /** Uninitialised memory of the device. */
  public static Tensor empty(DType type, long... shape) {
    return Torch.memory().empty(type, shape);
  }

  public static Tensor zeros(DType type, long... shape) {
    return Torch.memory().zeros(type, shape);
  }

  /** Uninitialised memory that Java reads and writes by {@link #memory}. */
  public static Tensor host(DType type, long... shape) {
    return Torch.memory().host(type, shape);
  }

  public static Tensor of(float[] values, long... shape) {
    try (Tensor host = host(DType.FLOAT32, shape)) {
      if (values.length > 0) {
        host.floats().put(values);
      }
      return host.upload();
    }
  }

  public static Tensor of(long... values) {
    try (Tensor host = host(DType.INT64, values.length)) {
      if (values.length > 0) {
        host.memory().asLongBuffer().put(values);
      }
      return host.upload();
    }
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
    return DType.ofDjl(TorchNative.dtype(handle()));
  }

  /** Whether {@link #memory} can be had. */
  public boolean isOnHost() {
    return TorchNative.isOnCpu(handle());
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

  /** The same elements in another type, in memory of their own on the host. */
  public Tensor hostCopy(DType type) {
    return Torch.memory().hostCopy(this, type);
  }

  /** The same elements on the device; shares memory where that is the host. */
  public Tensor upload() {
    return Torch.memory().upload(this);
  }

  /** The same elements, rounded to another type; shares memory where it is this one's. */
  public Tensor cast(DType type) {
    return Torch.memory().cast(this, type);
  }

  /** Takes over elements, which are rounded to this tensor's type. */
  public void copyFrom(Tensor other) {
    Torch.memory().copy(this, other);
  }

  /** This tensor's memory in native order. It must be the host's, contiguous, and outlive it. */
  public ByteBuffer memory() {
    if (!isOnHost()) {
      throw new IllegalStateException("the memory of a GPU is out of Java's reach");
    }
    if (size() * dtype().bytes > MAX_BUFFER_BYTES) {
      throw new IllegalArgumentException("a buffer spans at most 2 GiB: take slices");
    }
    return TorchNative.memory(handle()).order(ByteOrder.nativeOrder());
  }

  /** As {@link #memory()}, but possibly a GPU's: good for its address, not for its content. */
  public ByteBuffer anyMemory() {
    return TorchNative.memory(handle());
  }

  /** As {@link #memory()}, of any size: in pieces that buffers can span. */
  public List<ByteBuffer> pieces() {
    List<ByteBuffer> pieces = new ArrayList<>();
    try (Tensor flat = reshape(size())) {
      for (long start = 0; start < flat.size(); start += PIECE) {
        try (Tensor slice = flat.slice(start, Math.min(flat.size(), start + PIECE))) {
          pieces.add(slice.memory());
        }
      }
    }
    return pieces;
  }

  /** As {@link #memory()}, of a FLOAT32 tensor. */
  public FloatBuffer floats() {
    return memory().asFloatBuffer();
  }

  /** Lets a writer put all elements, in order, whatever this tensor's type and device. */
  public void write(Consumer<FloatBuffer> writer) {
    if (size() == 0) {
      return;
    }
    if (isOnHost() && dtype() == DType.FLOAT32) {
      writer.accept(floats());
      return;
    }
    try (Tensor host = host(DType.FLOAT32, shape())) {
      writer.accept(host.floats());
      copyFrom(host);
    }
  }

  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(size())];
    if (values.length > 0) {
      try (Tensor host = Torch.memory().download(this, DType.FLOAT32)) {
        host.floats().get(values);
      }
    }
    return values;
  }

  public long[] toLongs() {
    long[] values = new long[Math.toIntExact(size())];
    if (values.length > 0) {
      try (Tensor host = Torch.memory().download(this, DType.INT64)) {
        host.memory().asLongBuffer().get(values);
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
