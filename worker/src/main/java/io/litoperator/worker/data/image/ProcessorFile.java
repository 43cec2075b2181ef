package io.litoperator.worker.data.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a folder says that pictures are prepared: by {@value #NAME}, or, as transformers saves whole
 * models from its version 5 on, by {@code image_processor} in {@value #WHOLE}.
 *
 * @param file that says it
 * @param content of {@value #NAME}, or what it would be
 */
public record ProcessorFile(Path file, byte[] content) {
  public static final String NAME = "preprocessor_config.json";
  private static final String WHOLE = "processor_config.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A folder's; absent if it has none.
   *
   * @throws Failure {@code BAD_DATA} if a file is no JSON object, {@code INPUT_MISSING} if it
   *     cannot be read
   */
  public static Optional<ProcessorFile> in(Path folder) {
    Path own = folder.resolve(NAME);
    if (Files.exists(own)) {
      ProcessorFile found = new ProcessorFile(own, bytes(own));
      found.settings();
      return Optional.of(found);
    }
    Path whole = folder.resolve(WHOLE);
    if (!Files.exists(whole)) {
      return Optional.empty();
    }
    return new ProcessorFile(whole, bytes(whole)).settings().path("image_processor")
            instanceof ObjectNode nested
        ? Optional.of(
            new ProcessorFile(
                whole, (nested.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8)))
        : Optional.empty();
  }

  /**
   * As {@link #in}.
   *
   * @throws Failure {@code INPUT_MISSING} also if the folder has none
   */
  public static ProcessorFile require(Path folder) {
    return in(folder)
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.INPUT_MISSING,
                    "%s is missing; a vision tower's folder must hold its image processor's settings, and lit import writes them for models as LLaVA and TinyLLaVA publish them."
                        .formatted(folder.resolve(NAME))));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e), "%s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /** The content as an object of its own. */
  public ObjectNode settings() {
    try {
      JsonNode root = JSON.readTree(content);
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new Failure(ExitCode.BAD_DATA, file + " is not a JSON object.");
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s is not valid JSON at line %d: %s."
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }
}
