package io.litoperator.worker.train;

import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.torch.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies of tensors in fp32 in the host's memory, by name, to be written while training goes on.
 */
final class HostCopies implements AutoCloseable {
  private final Map<String, Tensor> copies = new HashMap<>();

  void add(String name, Tensor values) {
    copies.put(name, values.hostCopy(io.litoperator.worker.torch.DType.FLOAT32));
  }

  /** A tensor to be written whose content is a copy; it may be added later. */
  NamedTensor named(String name, long... shape) {
    return new NamedTensor(name, DType.F32, shape, () -> pieces(name).iterator());
  }

  private Iterable<ByteBuffer> pieces(String name) {
    return copies.get(name).pieces();
  }

  @Override
  public void close() {
    copies.values().forEach(Tensor::close);
    copies.clear();
  }
}
