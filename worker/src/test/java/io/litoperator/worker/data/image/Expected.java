package io.litoperator.worker.data.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The reference's numbers for the pictures in {@code fixtures/images}. */
final class Expected {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final Path FOLDER = Fixtures.root().resolve("images");

  private Expected() {}

  static JsonNode index() {
    return read(() -> JSON.readTree(FOLDER.resolve("index.json").toFile()));
  }

  /** How pictures of some sizes are fitted under anyres. */
  static JsonNode anyresSizes() {
    return read(() -> JSON.readTree(FOLDER.resolve("anyres_sizes.json").toFile()));
  }

  static Stream<String> names(JsonNode object) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(object.fieldNames(), Spliterator.ORDERED), false);
  }

  /** A file that holds the same pixels and that any decoder reads exactly. */
  static Path exact(String name) {
    return name.endsWith(".jpg")
        ? FOLDER.resolve("decoded").resolve(name + ".png")
        : FOLDER.resolve(name);
  }

  /** Height of a (3, height, width) tensor of a safetensors file. */
  static int side(String file, String tensor) {
    return header(bytes(file)).path(tensor).path("shape").path(1).asInt();
  }

  /** An f32 tensor of a safetensors file, flat. */
  static float[] tensor(String file, String tensor) {
    ByteBuffer bytes = bytes(file);
    JsonNode offsets = header(bytes).path(tensor).path("data_offsets");
    int begin = offsets.path(0).asInt();
    float[] values = new float[(offsets.path(1).asInt() - begin) / Float.BYTES];
    bytes
        .position(bytes.position() + begin)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  private static ByteBuffer bytes(String file) {
    Path path = FOLDER.resolve("expected").resolve(file);
    return ByteBuffer.wrap(read(() -> Files.readAllBytes(path))).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads the header and leaves the buffer at the first tensor. */
  private static JsonNode header(ByteBuffer bytes) {
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    return read(() -> JSON.readTree(header));
  }

  private static <T> T read(Callable<T> source) {
    try {
      return source.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
