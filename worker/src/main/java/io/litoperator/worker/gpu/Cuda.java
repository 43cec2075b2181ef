package io.litoperator.worker.gpu;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.MissingDriver;
import io.litoperator.worker.torch.Tensor;
import java.util.function.Supplier;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** The GPUs of this process. */
public final class Cuda {
  static {
    // JavaCPP counts all of the process's memory, torch's too, against the heap's limit.
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
  }

  private Cuda() {}

  /** Bytes of a GPU, over all processes. */
  public record Memory(long free, long total) {
    public long used() {
      return total - free;
    }
  }

  /**
   * Runs what loads CUDA's classes for the first time.
   *
   * @throws Failure {@code ACCELERATOR} if there is no driver or no CUDA runtime
   */
  public static <T> T loading(Supplier<T> first) {
    try {
      return first.get();
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw MissingDriver.behind(e).orElseGet(() -> notLoaded(e));
    }
  }

  private static Failure notLoaded(Throwable e) {
    return new Failure(
        ExitCode.ACCELERATOR,
        "CUDA cannot be used on this machine: %s; check the driver with nvidia-smi, and that the CUDA runtime, NVRTC and NCCL are in LD_LIBRARY_PATH."
            .formatted(rootCause(e)),
        e);
  }

  private static String rootCause(Throwable e) {
    return e.getCause() == null ? e.getMessage() : rootCause(e.getCause());
  }

  /** GPUs that this process sees. */
  public static int count() {
    int[] count = new int[1];
    check(cudart.cudaGetDeviceCount(count), "cudaGetDeviceCount");
    return count[0];
  }

  /** Makes a GPU the one that this thread's calls are about. */
  public static void select(int device) {
    check(cudart.cudaSetDevice(device), "cudaSetDevice(" + device + ")");
  }

  /** Of this thread's GPU. */
  public static Memory memory() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      check(cudart.cudaMemGetInfo(free, total), "cudaMemGetInfo");
      return new Memory(free.get(), total.get());
    }
  }

  public static String name(int device) {
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      check(cudart.cudaGetDeviceProperties(properties, device), "cudaGetDeviceProperties");
      return properties.name().getString();
    }
  }

  /** Of this thread's GPU, as compilers call it: {@code sm_90}. */
  static String architecture() {
    int[] device = new int[1];
    check(cudart.cudaGetDevice(device), "cudaGetDevice");
    return "sm_"
        + attribute(cudart.cudaDevAttrComputeCapabilityMajor, device[0])
        + attribute(cudart.cudaDevAttrComputeCapabilityMinor, device[0]);
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    check(cudart.cudaDeviceGetAttribute(value, attribute, device), "cudaDeviceGetAttribute");
    return value[0];
  }

  /** Newest CUDA that the driver knows, as {@code 13.0}. */
  public static String driverVersion() {
    int[] version = new int[1];
    check(cudart.cudaDriverGetVersion(version), "cudaDriverGetVersion");
    return dotted(version[0]);
  }

  public static String runtimeVersion() {
    int[] version = new int[1];
    check(cudart.cudaRuntimeGetVersion(version), "cudaRuntimeGetVersion");
    return dotted(version[0]);
  }

  private static String dotted(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** Whether one GPU reaches another's memory without the host. */
  public static boolean canAccessPeer(int device, int peer) {
    int[] can = new int[1];
    check(cudart.cudaDeviceCanAccessPeer(can, device, peer), "cudaDeviceCanAccessPeer");
    return can[0] != 0;
  }

  /** Returns when this thread's GPU has done all that it was asked for. */
  public static void synchronize() {
    check(cudart.cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }

  /** Where a contiguous tensor of at least one element lies. */
  public static Pointer address(Tensor tensor) {
    try (Tensor first = tensor.slice(0, 1)) {
      return new BytePointer(first.anyMemory());
    }
  }

  static void check(int status, String call) {
    if (status != cudart.cudaSuccess) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          "%s failed: %s; nvidia-smi and the kernel's log (dmesg) tell more."
              .formatted(call, cudart.cudaGetErrorString(status).getString()));
    }
  }
}
