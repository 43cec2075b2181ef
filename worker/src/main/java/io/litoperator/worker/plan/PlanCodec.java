package io.litoperator.worker.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Plans as JSON files, between the agent and its ranks. Equal plans give equal bytes. */
public final class PlanCodec {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModules(new Jdk8Module(), new JavaTimeModule())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private PlanCodec() {}

  /**
   * @throws Failure with {@code STORAGE} if the file cannot be written
   */
  public static void write(RunPlan plan, Path file) {
    try {
      Files.write(file, MAPPER.writeValueAsBytes(plan));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The plan %s cannot be written (%s).".formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * @throws Failure as of {@link ExitCode#ofReading} if the file cannot be read, {@code INVALID} if
   *     it is not a plan
   */
  public static RunPlan read(Path file) {
    try {
      return MAPPER.readValue(Files.readAllBytes(file), RunPlan.class);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.INVALID, "%s is not a plan (%s).".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "The plan %s cannot be read (%s).".formatted(file, e.getMessage()),
          e);
    }
  }
}
