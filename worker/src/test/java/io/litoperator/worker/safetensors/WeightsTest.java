package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  @TempDir Path folder;

  @Test
  void readsASingleFile() throws IOException {
    shard("model.safetensors", "a", "b");

    Weights weights = Weights.open(folder);

    assertThat(weights.names()).containsExactly("a", "b");
    assertThat(weights.data("b").get()).isEqualTo((byte) 'b');
    assertThat(weights.info("b").dtype()).isEqualTo(DType.U8);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> weights.floats("c"))
        .withMessageContaining(folder + " has no tensor c");
  }

  @Test
  void readsTheShardsOfAnIndexAndNoOthers() throws IOException {
    shard("part-1.safetensors", "a");
    shard("part-2.safetensors", "b");
    shard("model-stale.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"part-1.safetensors\",\"b\":\"part-2.safetensors\"}}");

    assertThat(Weights.open(folder).names()).containsExactly("a", "b");
  }

  @Test
  void readsShardsWithoutAnIndex() throws IOException {
    shard("model-00001-of-00002.safetensors", "a");
    shard("model-00002-of-00002.safetensors", "b");

    assertThat(Weights.open(folder).names()).containsExactly("a", "b");
  }

  @Test
  void saysThatAShardIsMissing() throws IOException {
    index("{\"weight_map\":{\"a\":\"part-1.safetensors\"}}");

    refused(ExitCode.INPUT_MISSING, "part-1.safetensors does not exist");
  }

  @Test
  void saysThatAnIndexedTensorIsMissing() throws IOException {
    shard("part-1.safetensors", "a");
    index("{\"weight_map\":{\"a\":\"part-1.safetensors\",\"b\":\"part-1.safetensors\"}}");

    refused(ExitCode.BAD_DATA, "says that tensor b is in part-1.safetensors");
  }

  @Test
  void refusesAnIndexThatLeadsOutOfTheFolder() throws IOException {
    index("{\"weight_map\":{\"a\":\"../model.safetensors\"}}");

    refused(ExitCode.BAD_DATA, "has no weight_map");
  }

  @Test
  void refusesABrokenIndex() throws IOException {
    index("{\"weight_map\":");

    refused(ExitCode.BAD_DATA, "model.safetensors.index.json is not valid JSON");
  }

  @Test
  void refusesATensorInTwoShards() throws IOException {
    shard("model-1.safetensors", "a");
    shard("model-2.safetensors", "a");

    refused(ExitCode.BAD_DATA, "Tensor a is both in");
  }

  @Test
  void saysHowToConvertAPickle() throws IOException {
    Files.createFile(folder.resolve("pytorch_model-00001-of-00002.bin"));

    refused(ExitCode.BAD_DATA, "pytorch_model-00001-of-00002.bin is a Python pickle");
  }

  @Test
  void findsThePicklesOfTinyLlavasPretraining() throws IOException {
    Path part = Files.createDirectories(folder.resolve("language_model"));
    Files.createFile(part.resolve("pytorch_model.bin"));

    refused(ExitCode.BAD_DATA, "language_model/pytorch_model.bin is a Python pickle");
  }

  @Test
  void tellsAFolderWithoutWeightsFromNoFolder() {
    assertThat(Weights.find(folder)).isEmpty();
    refused(ExitCode.INPUT_MISSING, folder + " has no weights");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Weights.find(folder.resolve("absent")))
        .withMessageContaining("absent cannot be read");
  }

  private void refused(ExitCode exitCode, String message) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Weights.open(folder))
        .withMessageContaining(message)
        .matches(failure -> failure.exitCode() == exitCode);
  }

  private void index(String json) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), json);
  }

  private void shard(String file, String... names) throws IOException {
    try (var out = Channels.newChannel(Files.newOutputStream(folder.resolve(file)))) {
      SafetensorsWriter.write(
          out,
          Stream.of(names)
              .map(n -> NamedTensor.of(n, DType.U8, new long[] {1}, ByteBuffer.wrap(n.getBytes())))
              .toList());
    }
  }
}
