package io.litoperator.worker.data.tokens;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** A language model's {@code generation_config.json}, of which only what ends an answer counts. */
public final class GenerationFile {
  public static final String NAME = "generation_config.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private GenerationFile() {}

  /**
   * Ids at which transformers' {@code generate} stops: an instructed model has several.
   *
   * @return none if the folder has no such file, or the file names none
   * @throws Failure BAD_DATA if the file cannot be understood, INPUT_MISSING or STORAGE if it
   *     cannot be read
   */
  public static Set<Integer> stops(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return Set.of();
    }
    JsonNode ends = read(file).path("eos_token_id");
    Set<Integer> stops = new LinkedHashSet<>();
    for (JsonNode id : ends.isArray() ? ends : JSON.createArrayNode().add(ends)) {
      if (id.isInt()) {
        stops.add(id.intValue());
      } else if (!id.isNull() && !id.isMissingNode()) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s: eos_token_id must be an id or a list of ids, not %s.".formatted(file, ends));
      }
    }
    return stops;
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new Failure(ExitCode.BAD_DATA, file + " is not JSON; get it again.", e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e), "%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }
}
