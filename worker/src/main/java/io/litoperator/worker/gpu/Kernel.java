package io.litoperator.worker.gpu;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A function in CUDA C for what torch would take several passages over memory. NVRTC compiles it
 * for torch's GPU; it runs in order with torch's operations.
 */
public final class Kernel implements AutoCloseable {
  /** Threads of a block. */
  private static final int BLOCK = 256;

  /** Which functions may include. */
  private static final String HEADER = "bf16.h";

  private final String name;
  private final CUmod_st module = new CUmod_st();
  private final CUfunc_st function = new CUfunc_st();

  private Kernel(String name, byte[] binary) {
    this.name = name;
    try (BytePointer image = new BytePointer(binary)) {
      check(cudart.cuModuleLoadData(module, image), "cuModuleLoadData");
    }
    check(cudart.cuModuleGetFunction(function, module, name), "cuModuleGetFunction");
  }

  /**
   * Compiles the resource {@code NAME.cu}, which defines {@code extern "C" NAME}.
   *
   * @param owner class beside which the resource lies
   * @throws Failure {@code ACCELERATOR} if there is no NVRTC, or it does not know this GPU
   */
  public static Kernel compile(Class<?> owner, String name) {
    String source = text(owner, name + ".cu");
    return Cuda.loading(
        () -> {
          Cuda.select(Torch.device().index());
          return new Kernel(name, binary(name, source));
        });
  }

  private static String text(Class<?> owner, String resource) {
    try (InputStream text = owner.getResourceAsStream(resource)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("try") // the scope frees what is made within it
  private static byte[] binary(String name, String source) {
    try (PointerScope scope = new PointerScope()) {
      _nvrtcProgram program = new _nvrtcProgram();
      check(
          nvrtc.nvrtcCreateProgram(
              program,
              new BytePointer(source),
              new BytePointer(name + ".cu"),
              1,
              new PointerPointer<BytePointer>(text(Kernel.class, HEADER)),
              new PointerPointer<BytePointer>(HEADER)),
          name,
          program);
      PointerPointer<BytePointer> options =
          new PointerPointer<>("--gpu-architecture=" + Cuda.architecture(), "--std=c++17");
      check(nvrtc.nvrtcCompileProgram(program, (int) options.capacity(), options), name, program);
      SizeTPointer size = new SizeTPointer(1);
      check(nvrtc.nvrtcGetCUBINSize(program, size), name, program);
      byte[] binary = new byte[Math.toIntExact(size.get())];
      check(nvrtc.nvrtcGetCUBIN(program, binary), name, program);
      nvrtc.nvrtcDestroyProgram(program);
      return binary;
    }
  }

  private static void check(int status, String name, _nvrtcProgram program) {
    if (status != nvrtc.NVRTC_SUCCESS) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          "%s cannot be compiled for this GPU: %s; take a newer CUDA, or PYTORCH_LIBRARY_PATH with one.%s"
              .formatted(name, nvrtc.nvrtcGetErrorString(status).getString(), log(program)));
    }
  }

  private static String log(_nvrtcProgram program) {
    SizeTPointer size = new SizeTPointer(1);
    if (nvrtc.nvrtcGetProgramLogSize(program, size) != nvrtc.NVRTC_SUCCESS || size.get() <= 1) {
      return "";
    }
    byte[] log = new byte[Math.toIntExact(size.get())];
    nvrtc.nvrtcGetProgramLog(program, log);
    return "\n" + new String(log, 0, log.length - 1, StandardCharsets.UTF_8);
  }

  /**
   * Has at least so many threads run it, each of which has an index in one dimension.
   *
   * @param arguments the function's: a contiguous {@link Tensor} of at least one element for a
   *     pointer, Long, Integer or Float
   */
  @SuppressWarnings("try")
  public void launch(long threads, Object... arguments) {
    if (threads == 0) {
      return;
    }
    int blocks = Math.toIntExact((threads + BLOCK - 1) / BLOCK);
    try (PointerScope scope = new PointerScope()) {
      LongPointer values = new LongPointer(arguments.length);
      PointerPointer<LongPointer> places = new PointerPointer<>(arguments.length);
      for (int i = 0; i < arguments.length; i++) {
        values.put(i, bits(arguments[i]));
        places.put(i, values.getPointer(i));
      }
      check(
          cudart.cuLaunchKernel(
              function, blocks, 1, 1, BLOCK, 1, 1, 0, Stream.TORCH.handle(), places, null),
          name);
    }
  }

  /** An argument's bytes; the function reads as many as its type has. */
  private static long bits(Object argument) {
    if (argument instanceof Tensor tensor) {
      return Cuda.address(tensor).address();
    }
    return argument instanceof Float number
        ? Float.floatToRawIntBits(number)
        : ((Number) argument).longValue();
  }

  private static void check(int status, String call) {
    if (status != cudart.CUDA_SUCCESS) {
      try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
        cudart.cuGetErrorString(status, text);
        throw new Failure(
            ExitCode.ACCELERATOR,
            "%s failed: %s; nvidia-smi and the kernel's log (dmesg) tell more."
                .formatted(call, text.get(BytePointer.class).getString()));
      }
    }
  }

  @Override
  public void close() {
    check(cudart.cuModuleUnload(module), "cuModuleUnload");
  }
}
