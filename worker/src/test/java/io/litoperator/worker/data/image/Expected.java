package io.litoperator.worker.data.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The reference's numbers for the pictures in {@code fixtures/images}. */
final class Expected {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final Path FOLDER = Fixtures.root().resolve("images");

  private Expected() {}

  static JsonNode index() {
    return json(FOLDER.resolve("index.json"));
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A file that holds the same pixels and that any decoder reads exactly. */
  static Path exact(String name) {
    return name.endsWith(".jpg")
        ? FOLDER.resolve("decoded").resolve(name + ".png")
        : FOLDER.resolve(name);
  }

  /** An f32 tensor of a safetensors file, flat. */
  static float[] tensor(String file, String name) {
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("expected").resolve(file)))
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Math.toIntExact(bytes.getLong())];
      bytes.get(header);
      JsonNode entry = JSON.readTree(new String(header, StandardCharsets.UTF_8)).path(name);
      int begin = entry.path("data_offsets").path(0).asInt();
      int end = entry.path("data_offsets").path(1).asInt();
      float[] values = new float[(end - begin) / Float.BYTES];
      bytes
          .slice(bytes.position() + begin, end - begin)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      return values;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
