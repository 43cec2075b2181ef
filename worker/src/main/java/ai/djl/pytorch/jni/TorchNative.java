package ai.djl.pytorch.jni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The few native calls of DJL's engine that the worker needs, under raw handles.
 *
 * <p>DJL's {@code PyTorchLibrary} is package-private, hence this class's package; nothing else of
 * ours lives here. A handle given back must be released with the matching {@code delete} call.
 */
public final class TorchNative {
  private static final PyTorchLibrary LIB = PyTorchLibrary.LIB;
  private static final int[] CPU = {0, -1};
  private static final int COPY_BYTES = 1 << 16;

  private TorchNative() {}

  public static int threads() {
    return LIB.torchGetNumThreads();
  }

  public static void setThreads(int threads) {
    LIB.torchSetNumThreads(threads);
  }

  /** Of the calling thread. */
  public static void setGradMode(boolean enabled) {
    LIB.torchSetGradMode(enabled);
  }

  public static void seed(long seed) {
    LIB.torchManualSeed(seed);
  }

  public static long[] shape(long tensor) {
    return LIB.torchSizes(tensor);
  }

  public static int dtype(long tensor) {
    return LIB.torchDType(tensor);
  }

  public static boolean isOnCpu(long tensor) {
    return LIB.torchDevice(tensor)[0] == CPU[0];
  }

  /** The tensor's own memory, which must be contiguous and under 2 GiB. */
  public static ByteBuffer memory(long tensor) {
    return LIB.torchDirectByteBuffer(tensor);
  }

  public static long slice(long tensor, long dimension, long start, long end) {
    return LIB.torchSlice(tensor, dimension, start, end, 1);
  }

  public static long reshape(long tensor, long[] shape) {
    return LIB.torchReshape(tensor, shape);
  }

  public static long copy(long tensor) {
    return LIB.tensorClone(tensor);
  }

  public static long detach(long tensor) {
    return LIB.torchDetachGrad(tensor);
  }

  public static void requireGrad(long tensor, boolean required) {
    LIB.torchAttachGrad(tensor, required);
  }

  public static void deleteTensor(long tensor) {
    LIB.torchDeleteTensor(tensor);
  }

  /** Loads a TorchScript archive. From a stream: loading by path would enter inference mode. */
  public static long loadModule(InputStream archive) throws IOException {
    return LIB.moduleLoad(archive, CPU, false, new byte[COPY_BYTES], -1);
  }

  public static void deleteModule(long module) {
    LIB.torchDeleteModule(module);
  }

  /** Runs without inference mode, so that results can enter autograd. */
  public static long run(long module, String method, long[] values) {
    return LIB.moduleRunMethod(module, method, values, true, false);
  }

  /** Of the calling thread: whether TorchScript spends its first calls on optimisation. */
  public static void setGraphOptimizer(boolean enabled) {
    LIB.setGraphExecutorOptimize(enabled);
  }

  public static long value(long tensor) {
    return LIB.iValueFromTensor(tensor);
  }

  public static long value(long[] tensors) {
    return LIB.iValueFromTensorList(tensors);
  }

  public static long valueOf(boolean flag) {
    return LIB.iValueFromBool(flag);
  }

  public static long valueOf(long number) {
    return LIB.iValueFromLong(number);
  }

  public static long valueOf(double number) {
    return LIB.iValueFromDouble(number);
  }

  public static long valueOf(long... numbers) {
    return LIB.iValueFromLongList(numbers);
  }

  public static void deleteValue(long value) {
    LIB.torchDeleteIValue(value);
  }

  public static boolean isTuple(long value) {
    return LIB.iValueIsTuple(value);
  }

  public static long toTensor(long value) {
    return LIB.iValueToTensor(value);
  }

  public static long[] toTensors(long value) {
    return LIB.iValueToTensorList(value);
  }

  public static long[] toTuple(long value) {
    return LIB.iValueToIValueTuple(value);
  }

  public static double toDouble(long value) {
    return LIB.iValueToDouble(value);
  }
}
