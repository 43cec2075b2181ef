package io.litoperator.worker.torch;

import java.util.Map;

/** Memory of the process's device and of the host, and copies between them. */
final class Memory {
  private final Program program;

  Memory(Device device) {
    program =
        Program.load(
            Memory.class, "Memory", Map.of("device", device.toString(), "remote", device.isCuda()));
  }

  Tensor empty(DType type, long... shape) {
    return program.tensor("empty", shape, type.torchCode);
  }

  Tensor zeros(DType type, long... shape) {
    return program.tensor("zeros", shape, type.torchCode);
  }

  /** Memory that Java can reach; page-locked if the device is another. */
  Tensor host(DType type, long... shape) {
    return program.tensor("host", shape, type.torchCode);
  }

  /** The same elements on the device; may share memory with {@code host}. */
  Tensor upload(Tensor host) {
    return program.tensor("upload", host);
  }

  /** Copies between devices and types. To the device it may go on after the return. */
  void copy(Tensor into, Tensor from) {
    program.call("copy", into, from);
  }

  /** The elements in the host's memory, contiguous; may share memory with {@code x}. */
  Tensor download(Tensor x, DType type) {
    return program.tensor("download", x, type.torchCode);
  }

  /** As {@link #download}, in memory of its own. */
  Tensor hostCopy(Tensor x, DType type) {
    return program.tensor("host_copy", x, type.torchCode);
  }

  /** The elements in another type; may share memory with {@code x}. */
  Tensor cast(Tensor x, DType type) {
    return program.tensor("cast", x, type.torchCode);
  }
}
