package io.litoperator.worker.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.TorchNative;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;

/** The PyTorch library of this process. */
public final class Torch {
  /** The native binding is built for one version; another loads too and corrupts results. */
  private static final String VERSION = "2.7.1";

  private Torch() {}

  /**
   * Loads libtorch. To be called once, before anything else of this package.
   *
   * @param threads that one operation may use; at least 1
   */
  public static void start(int threads) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    String version;
    try {
      version = Engine.getEngine("PyTorch").getVersion();
    } catch (RuntimeException | UnsatisfiedLinkError e) {
      throw new Failure(
          ExitCode.ACCELERATOR, "libtorch cannot be loaded on this machine: " + e.getMessage(), e);
    }
    if (!version.equals(VERSION)) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          "libtorch %s was found, but lit is built for %s: unset PYTORCH_LIBRARY_PATH and PYTORCH_VERSION"
              .formatted(version, VERSION));
    }
    TorchNative.setThreads(threads);
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
