package io.litoperator.worker.data.tokens;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.Fixtures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Unpacks the fixtures' tokenizers. */
public final class TokenizerFixture {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private TokenizerFixture() {}

  /** Writes a tokenizer's folder as a model has it. */
  public static Path unpack(String name, Path folder) throws IOException {
    Path packed = Fixtures.root().resolve("tokenizers").resolve(name);
    Files.createDirectories(folder);
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(packed.resolve("tokenizer.json.gz")))) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    Files.copy(packed.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    return folder;
  }

  /** Has an unpacked {@code tokenizer.json} tell no blanks that tokens begin with. */
  public static Path trimOffsets(Path folder) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    ObjectNode tokenizer = (ObjectNode) MAPPER.readTree(file.toFile());
    tokenizer
        .putObject("post_processor")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
    MAPPER.writeValue(file.toFile(), tokenizer);
    return folder;
  }

  /** Changes a field of an unpacked {@code tokenizer_config.json}; null removes it. */
  public static Path configure(Path folder, String field, String value) throws IOException {
    Path file = folder.resolve("tokenizer_config.json");
    ObjectNode configuration = (ObjectNode) MAPPER.readTree(file.toFile());
    configuration.put(field, value);
    MAPPER.writeValue(file.toFile(), configuration);
    return folder;
  }
}
