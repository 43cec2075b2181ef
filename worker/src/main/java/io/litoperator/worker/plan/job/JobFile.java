package io.litoperator.worker.plan.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.job.Defaults;
import io.litoperator.api.job.Limits;
import io.litoperator.api.job.Problem;
import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the file that a user writes. */
public final class JobFile {
  /** Problems told at once; more would bury the first. */
  private static final int TOLD = 5;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private JobFile() {}

  /**
   * Reads and checks a job, and fills in all defaults.
   *
   * @throws Failure with {@code INVALID}, one sentence a line with file, line and field, if the
   *     file is not YAML, breaks the CRD's schema or rules, or asks for what the venue lacks; with
   *     {@code INPUT_MISSING} if there is no such file or it cannot be read
   */
  public static LitTrainingJob read(Path file, Venue venue) {
    YamlDocument document = checked(file);
    refuse(document, Limits.problems(document.root(), venue));
    Defaults.fill(document.root(), venue);
    return job(document);
  }

  /**
   * Reads a job as a cluster admits it: checked by the CRD's schema and rules, and with the CRD's
   * defaults. Whether it can be run is another question.
   *
   * @throws Failure as {@link #read}
   */
  public static LitTrainingJob admit(Path file) {
    return job(checked(file));
  }

  private static YamlDocument checked(Path file) {
    YamlDocument document = YamlDocument.parse(file.toString(), text(file));
    JobSchema schema = JobSchema.committed();
    schema.fillDefaults(document.root());
    refuse(document, schema.problems(document.root()));
    refuse(document, schema.brokenRules(document.root()));
    return document;
  }

  private static LitTrainingJob job(YamlDocument document) {
    try {
      return MAPPER.treeToValue(document.root(), LitTrainingJob.class);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.INVALID, "%s: %s.".formatted(document.file(), e.getOriginalMessage()), e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new Failure(ExitCode.INPUT_MISSING, "There is no job file " + file + ".", e);
    } catch (AccessDeniedException e) {
      throw new Failure(
          ExitCode.INPUT_MISSING, "The job file " + file + " cannot be read; allow it.", e);
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.INVALID, "The job file " + file + " is not text in UTF-8; save it as that.", e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "The job file %s cannot be read (%s).".formatted(file, e.getMessage()),
          e);
    }
  }

  private static void refuse(YamlDocument document, List<Problem> problems) {
    if (problems.isEmpty()) {
      return;
    }
    String told =
        problems.stream().limit(TOLD).map(document::sentence).collect(Collectors.joining("\n"));
    int left = problems.size() - TOLD;
    throw new Failure(ExitCode.INVALID, left > 0 ? told + "\n… and " + left + " more." : told);
  }
}
