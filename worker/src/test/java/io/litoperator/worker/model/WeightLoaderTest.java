package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.SafetensorsWriter;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightLoaderTest {
  private static final String NORM = "language_model.model.norm.weight";

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void aMissingTensorIsNamed() {
    assertRefused(tensors -> tensors.removeIf(t -> t.name().equals(NORM)), "no tensor of the name");
  }

  @Test
  void anExtraTensorIsNamed() {
    assertRefused(
        tensors ->
            tensors.add(
                NamedTensor.of(NORM + ".extra", DType.F32, new long[] {1}, ByteBuffer.allocate(4))),
        "the config does not account for: " + NORM + ".extra");
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() {
    assertRefused(
        tensors -> {
          tensors.removeIf(t -> t.name().equals(NORM));
          tensors.add(NamedTensor.of(NORM, DType.F32, new long[] {2}, ByteBuffer.allocate(8)));
        },
        NORM + " is [2] where the config says [");
  }

  @Test
  void tellsOfAllThatItReads() {
    Path model = Fixtures.root().resolve("models/llava-1.5");
    List<Long> read = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    Layout layout = Layout.of(ModelDescription.ofModel(model).config());
    try (Parameters parameters = new Parameters(layout)) {
      new WeightLoader(
              parameters,
              (what, done, total) -> {
                assertThat(what).isEqualTo("loading the model");
                read.add(done);
                totals.add(total);
              })
          .loadModel(Weights.open(model), "the model");

      long bytes = parameters.count() * Float.BYTES;
      assertThat(totals).containsOnly(bytes);
      assertThat(read).isSorted().hasSizeGreaterThan(10).endsWith(bytes);
    }
  }

  private void assertRefused(Consumer<List<NamedTensor>> change, String sentence) {
    Path model = Fixtures.root().resolve("models/llava-1.5");
    Weights weights = Weights.open(model);
    List<NamedTensor> tensors =
        new ArrayList<>(weights.names().stream().map(weights::tensor).toList());
    change.accept(tensors);
    Path file = folder.resolve("model.safetensors");
    write(file, tensors);
    ModelConfig config = ModelDescription.ofModel(model).config();
    try (Parameters parameters = new Parameters(Layout.of(config))) {
      assertThatThrownBy(
              () -> new WeightLoader(parameters).loadModel(Weights.open(folder), "the model"))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
                assertThat(failure.getMessage()).contains(sentence).contains(NORM).hasLineCount(1);
              });
    }
  }

  private static void write(Path file, List<NamedTensor> tensors) {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      SafetensorsWriter.write(out, tensors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
