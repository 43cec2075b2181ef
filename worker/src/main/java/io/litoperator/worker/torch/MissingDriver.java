package io.litoperator.worker.torch;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.Optional;
import java.util.stream.Stream;

/** A machine, or a container on it, without the library that comes with NVIDIA's driver. */
public final class MissingDriver {
  private static final String LIBRARY = "libcuda.so.1";

  private MissingDriver() {}

  /** What to tell of a library that could not be loaded, if this is why. */
  public static Optional<Failure> behind(Throwable fault) {
    return Stream.iterate(fault, e -> e != null, Throwable::getCause)
        .filter(e -> String.valueOf(e.getMessage()).contains(LIBRARY))
        .findFirst()
        .map(
            e ->
                new Failure(
                    ExitCode.ACCELERATOR,
                    "CUDA cannot be used on this machine: it has no NVIDIA driver (%s is not found); check that with nvidia-smi, and that a container was given GPUs by NVIDIA's container toolkit."
                        .formatted(LIBRARY),
                    fault));
  }
}
