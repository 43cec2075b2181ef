package io.litoperator.worker.torch;

/**
 * What a process computes on: all of its tensors, but those made for the host, lie there.
 *
 * @param index of the GPU among those that the process sees; 0 for the CPU
 */
public record Device(Kind kind, int index) {
  public static final Device CPU = new Device(Kind.CPU, 0);

  /** Kinds that programs are built for. */
  public enum Kind {
    CPU,
    CUDA
  }

  public static Device cuda(int index) {
    return new Device(Kind.CUDA, index);
  }

  public boolean isCuda() {
    return kind == Kind.CUDA;
  }

  /** As torch names it. */
  @Override
  public String toString() {
    return isCuda() ? "cuda:" + index : "cpu";
  }
}
