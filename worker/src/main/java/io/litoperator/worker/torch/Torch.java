package io.litoperator.worker.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.TorchNative;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.lang.module.ModuleDescriptor.Version;

/** The PyTorch library of this process, which computes on one device. */
public final class Torch {
  /**
   * Variable of the environment by which libtorch, as it is loaded, lets GPUs compute fp32's matrix
   * products in TF32.
   */
  public static final String ALLOW_TF32 = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

  private static volatile Memory memory;
  private static volatile Device device;
  private static volatile boolean fusedKernels;
  private static volatile boolean packs;
  private static volatile String version;

  /** Which first had kernels for the norms of decoders. */
  private static final Version FUSED = Version.parse("2.8.0");

  private Torch() {}

  /**
   * Tells before any work whether libtorch can compute on GPUs at all, without loading it.
   *
   * @throws Failure {@code INVALID} if it is built for CPUs only
   */
  public static void requireBuiltForGpus() {
    if (!Binding.ofEnvironment().hasCuda()) {
      throw builtForCpusOnly();
    }
  }

  private static Failure builtForCpusOnly() {
    return new Failure(
        ExitCode.INVALID,
        "libtorch cannot compute on GPUs: it is built for CPUs only; with topology.device: cuda a"
            + " Pod takes the image worker-cuda, which spec.image or the chart's workerImage.cuda"
            + " names, and elsewhere PYTORCH_LIBRARY_PATH names a libtorch for GPUs.");
  }

  /** Loads libtorch to compute on the CPU. */
  public static void start(int threads) {
    start(threads, Device.CPU);
  }

  /**
   * Loads libtorch. To be called once, before anything else of this package.
   *
   * @param threads that one operation may use on the CPU; at least 1
   * @throws Failure {@code ACCELERATOR} if libtorch cannot be loaded or the device cannot be used,
   *     {@code INVALID} if it is built for CPUs only and the device is a GPU
   */
  public static void start(int threads, Device device) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    Binding binding = Binding.ofEnvironment();
    binding.propertiesFor(device).forEach(System::setProperty);
    String version;
    try {
      version = Engine.getEngine("PyTorch").getVersion();
    } catch (RuntimeException | UnsatisfiedLinkError e) {
      throw MissingDriver.behind(e).orElseGet(() -> notLoaded(e));
    }
    binding.requireMatch(version);
    TorchNative.setThreads(threads);
    Torch.device = device;
    Torch.version = binding.version(version);
    fusedKernels = device.isCuda() && Version.parse(binding.version(version)).compareTo(FUSED) >= 0;
    memory = new Memory(device);
    requireUsable(device);
    packs = !device.isCuda() && Packing.works();
  }

  private static Failure notLoaded(Throwable e) {
    return new Failure(
        ExitCode.ACCELERATOR,
        "libtorch cannot be loaded on this machine: %s.".formatted(rootCause(e).getMessage()),
        e);
  }

  private static Throwable rootCause(Throwable e) {
    return e.getCause() == null ? e : rootCause(e.getCause());
  }

  private static void requireUsable(Device device) {
    try {
      Tensor.zeros(DType.FLOAT32, 1).close();
    } catch (RuntimeException e) {
      if (e.getMessage().contains("Could not run 'aten::")) {
        throw builtForCpusOnly();
      }
      throw new Failure(
          ExitCode.ACCELERATOR,
          "libtorch cannot compute on %s: %s.".formatted(device, reason(e.getMessage())),
          e);
    }
  }

  private static String reason(String message) {
    // Around it are the program's lines and a list of backends.
    String reason =
        message.lines().filter(line -> line.contains("Error: ")).findFirst().orElse(message);
    return reason.split("\\. ")[0] + "; nvidia-smi tells which GPUs this machine has";
  }

  /** What all tensors are made on. */
  public static Device device() {
    return device;
  }

  /** Whether this process may compute in TF32, which it cannot decide itself. */
  public static boolean allowsTf32() {
    return "1".equals(System.getenv(ALLOW_TF32));
  }

  /** Of libtorch. */
  public static String version() {
    return version;
  }

  /** Whether this is a GPU, with a libtorch that has kernels for whole norms. */
  static boolean hasFusedKernels() {
    return fusedKernels;
  }

  /** Whether {@link Packing} works, on a CPU. */
  public static boolean packs() {
    return packs;
  }

  static Memory memory() {
    Memory started = memory;
    if (started == null) {
      throw new IllegalStateException("Torch is not started");
    }
    return started;
  }

  /** Runs with autograd's recording on or off on this thread, and leaves it off. */
  static void gradMode(boolean enabled) {
    TorchNative.setGradMode(enabled);
  }

  /** Seeds torch's random numbers, which initialisation and dropout draw from. */
  public static void seed(long seed) {
    TorchNative.seed(seed);
  }

  public static int threads() {
    return TorchNative.threads();
  }
}
