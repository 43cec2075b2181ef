package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWriterTest {
  private static final long ONE_TENSOR = 4;

  @TempDir Path target;

  @Test
  void oneThatFailsLeavesTheOneBefore() {
    write(1, () -> content(1));

    assertThatThrownBy(
            () ->
                write(
                    2,
                    () -> {
                      throw new UncheckedIOException(new IOException("Input/output error"));
                    }))
        .isInstanceOf(UncheckedIOException.class);

    assertThatTheModelIs(1);
  }

  @Test
  void oneThatWasKilledIsNotInTheWay() throws IOException {
    Files.writeString(target.resolve(".model-00001-of-00007.safetensors.unfinished"), "half");

    write(2, () -> content(2));

    assertThatTheModelIs(2);
  }

  @Test
  void theNextTakesItsPlace() {
    write(1, () -> content(1));

    write(2, () -> content(2));

    assertThatTheModelIs(2);
  }

  /** In two files. */
  private void write(float version, Supplier<ByteBuffer> last) {
    ModelWriter.write(
        target,
        List.of(
            NamedTensor.of("a", DType.F32, new long[] {1}, content(version)),
            NamedTensor.of("b", DType.F32, new long[] {1}, last)),
        ONE_TENSOR,
        Map.of("config.json", ("{\"version\":" + version + "}").getBytes(StandardCharsets.UTF_8)),
        Progress.NONE);
  }

  private static ByteBuffer content(float version) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, version);
  }

  private void assertThatTheModelIs(float version) {
    assertThat(target.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json");
    Weights weights = Weights.open(target);
    assertThat(weights.floats("a")).containsExactly(version);
    assertThat(weights.floats("b")).containsExactly(version);
    assertThat(target.resolve("config.json")).hasContent("{\"version\":" + version + "}");
  }
}
