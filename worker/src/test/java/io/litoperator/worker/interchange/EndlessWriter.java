package io.litoperator.worker.interchange;

import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Writes a model as a process of its own, and stops within its tensors. */
public final class EndlessWriter {
  private EndlessWriter() {}

  /**
   * @param arguments folder to write to, file that is made when it has begun
   */
  public static void main(String[] arguments) {
    NamedTensor tensor =
        new NamedTensor("w", DType.F32, new long[] {2}, List.of(ByteBuffer.allocate(8)));
    ModelWriter.write(
        Path.of(arguments[0]),
        List.of(tensor),
        Long.MAX_VALUE,
        Map.of("config.json", new byte[0]),
        (what, done, total) -> stop(Path.of(arguments[1])));
  }

  private static void stop(Path begun) {
    try {
      Files.createFile(begun);
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
