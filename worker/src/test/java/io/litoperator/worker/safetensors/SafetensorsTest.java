package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          not JSON         | {"a":                                                      | not valid JSON
          not an object    | []                                                         | not a JSON object
          empty            | ''                                                         | not a JSON object
          trailing text    | {} x                                                       | not valid JSON
          duplicate        | {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} | not valid JSON (Duplicate
          metadata number  | {"__metadata__":{"n":1}}                                   | __metadata__.n
          metadata list    | {"__metadata__":[]}                                        | __metadata__ in its header
          no dtype         | {"a":{"shape":[4],"data_offsets":[0,4]}}                   | dtype of tensor a is absent
          unknown dtype    | {"a":{"dtype":"F5","shape":[4],"data_offsets":[0,4]}}      | dtype of tensor a is "F5"
          no shape         | {"a":{"dtype":"U8","data_offsets":[0,4]}}                  | shape of tensor a
          negative size    | {"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}     | shape of tensor a
          huge shape       | {"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | shape of tensor a is too large
          past 63 bits     | {"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4]}} | shape of tensor a
          one offset       | {"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}}        | data_offsets of tensor a
          reversed offsets | {"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}      | data_offsets of tensor a
          wrong length     | {"a":{"dtype":"F16","shape":[4],"data_offsets":[0,4]}}     | tensor a has 4 bytes of data
          past the end     | {"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}      | it was cut short
          gap              | {"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}      | gap in the data before tensor a
          overlap          | {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | tensor b overlaps
          left over        | {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}      | 1 bytes at its end belong to no tensor
          """)
  void refusesAMalformedHeader(String name, String header, String message) throws IOException {
    Path file = write(header, new byte[4]);

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Safetensors.open(file))
        .withMessageContaining(file.toString())
        .withMessageContaining(message)
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA)
        .matches(failure -> failure.getMessage().lines().count() == 1);
  }

  @ParameterizedTest(name = "header length {0} in a file of {1} bytes")
  @CsvSource({"0, 3", "9, 16", "-1, 16", "100000001, 16", "9223372036854775807, 16"})
  void refusesAHeaderLengthThatCannotBe(long length, int size) throws IOException {
    Path file = folder.resolve("a.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(Math.max(size, 8)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length);
    Files.write(file, Arrays.copyOf(bytes.array(), size));

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Safetensors.open(file))
        .withMessageContaining("header")
        .matches(failure -> failure.exitCode() == ExitCode.BAD_DATA);
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Files.write(file, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff});

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Safetensors.open(file))
        .withMessageContaining("UTF-8");
  }

  @Test
  void readsScalarsEmptyTensorsAndUnalignedData() throws IOException {
    Path file =
        write(
            """
            {"f":{"dtype":"F32","shape":[],"data_offsets":[1,5]},\
            "none":{"dtype":"F32","shape":[0,7],"data_offsets":[1,1]},\
            "b":{"dtype":"BOOL","shape":[1,1],"data_offsets":[0,1]},"__metadata__":{"k":"v"}}""",
            new byte[] {1, 0, 0, (byte) 0x80, 0x3f});

    Safetensors tensors = Safetensors.open(file);

    assertThat(tensors.names()).containsExactly("b", "none", "f");
    assertThat(tensors.metadata()).containsEntry("k", "v").hasSize(1);
    assertThat(tensors.info("f").shape()).isEmpty();
    assertThat(tensors.floats("f")).containsExactly(1f);
    assertThat(tensors.floats("none")).isEmpty();
    assertThat(tensors.data("b").get()).isEqualTo((byte) 1);
    assertThat(tensors.data("b").isReadOnly()).isTrue();
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> tensors.floats("b"))
        .withMessageContaining("BOOL");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> tensors.data("absent"))
        .withMessageContaining("no tensor absent");
  }

  @Test
  void readsATensorPieceByPiece() throws IOException {
    int elements = 200_001;
    ByteBuffer halves = ByteBuffer.allocate(2 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      halves.putShort((short) (Float.floatToIntBits(i % 251) >>> 16));
    }
    Path file =
        write(
            "{\"h\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(elements, 2 * elements),
            halves.array());
    Safetensors tensors = Safetensors.open(file);

    FloatBuffer values = FloatBuffer.allocate(elements);
    tensors.read("h", 0, elements, values);

    assertThat(values.hasRemaining()).isFalse();
    assertThat(values.array()).isEqualTo(tensors.floats("h")).endsWith(200_000 % 251);
    FloatBuffer some = FloatBuffer.allocate(70_000);
    tensors.read("h", 100_001, 170_001, some);
    assertThat(some.array()).isEqualTo(Arrays.copyOfRange(values.array(), 100_001, 170_001));
  }

  @Test
  void readsTensorsBeyondTwoGigabytes() throws IOException {
    long large = (1L << 31) + 8;
    Path file = folder.resolve("sparse.safetensors");
    String header =
        """
        {"a":{"dtype":"U8","shape":[%1$d],"data_offsets":[0,%1$d]},\
        "b":{"dtype":"U8","shape":[1],"data_offsets":[%1$d,%2$d]}}"""
            .formatted(large, large + 1);
    write(file, header, new byte[0]);
    long dataStart = Files.size(file);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(dataStart + large + 1);
      sparse.seek(dataStart + large - 1);
      sparse.write(new byte[] {7, 9});
    }

    Safetensors tensors = Safetensors.open(file);

    assertThat(tensors.data("b").get(0)).isEqualTo((byte) 9);
    long total = 0;
    byte last = 0;
    for (ByteBuffer piece : tensors.tensor("a").data()) {
      total += piece.remaining();
      last = piece.get(piece.limit() - 1);
    }
    assertThat(total).isEqualTo(large);
    assertThat(last).isEqualTo((byte) 7);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> tensors.data("a"))
        .withMessageContaining("more than fit in one buffer");
  }

  @Test
  void saysThatAFileIsMissing() {
    Path file = folder.resolve("absent.safetensors");

    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> Safetensors.open(file))
        .withMessageContaining(file + " does not exist")
        .matches(failure -> failure.exitCode() == ExitCode.INPUT_MISSING);
  }

  /** The index tells sum and norm of each frozen parameter, which are still the model's. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void readsTheReferenceFiles(String model) throws IOException {
    Path steps = Fixtures.root().resolve("steps").resolve(model);
    JsonNode parameters =
        new JsonMapper()
            .readTree(steps.resolve("index.json").toFile())
            .at("/lit/adamw/connector_and_language.noclip/parameters");
    Safetensors weights =
        Safetensors.open(Fixtures.root().resolve("models/" + model + "/model.safetensors"));

    assertThat(weights.metadata()).containsEntry("format", "pt");
    assertThat(parameters).isNotEmpty();
    for (Map.Entry<String, JsonNode> parameter : parameters.properties()) {
      TensorInfo info = weights.info(parameter.getKey());
      assertThat(info.shape())
          .isEqualTo(
              new JsonMapper().convertValue(parameter.getValue().get("shape"), long[].class));
      if (parameter.getKey().startsWith("vision_tower")) {
        double sum = 0;
        double squares = 0;
        for (float value : weights.floats(parameter.getKey())) {
          sum += value;
          squares += (double) value * value;
        }
        assertThat(sum).isCloseTo(parameter.getValue().get("sum").doubleValue(), within(1e-9));
        assertThat(Math.sqrt(squares))
            .isCloseTo(parameter.getValue().get("l2").doubleValue(), within(1e-9));
      }
    }
    Safetensors batch = Safetensors.open(steps.resolve("batch.safetensors"));
    assertThat(batch.info("input_ids").dtype()).isEqualTo(DType.I64);
    assertThat(batch.data("attention_mask").asLongBuffer().get(0)).isEqualTo(1);
  }

  /** Our bytes are the reference implementation's, which wrote the fixtures. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void writesTheReferenceDataAgain(String model) throws IOException {
    Path original = Fixtures.root().resolve("models/" + model + "/model.safetensors");
    Safetensors weights = Safetensors.open(original);
    Path copy = folder.resolve("copy.safetensors");
    try (var out = Channels.newChannel(Files.newOutputStream(copy))) {
      SafetensorsWriter.write(out, weights.names().stream().map(weights::tensor).toList());
    }

    assertThat(copy).hasSameBinaryContentAs(original);
  }

  static Stream<String> steps() throws IOException {
    try (var folders = Files.list(Fixtures.root().resolve("steps"))) {
      return folders
          .filter(Files::isDirectory)
          .map(f -> f.getFileName().toString())
          .toList()
          .stream();
    }
  }

  private Path write(String header, byte[] data) throws IOException {
    return write(folder.resolve("a.safetensors"), header, data);
  }

  private static Path write(Path file, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(text.length).put(text).put(data).array());
    return file;
  }
}
