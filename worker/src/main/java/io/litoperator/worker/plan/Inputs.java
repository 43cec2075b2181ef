package io.litoperator.worker.plan;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Resolves the paths that a job names, and collects those that cannot be read. */
final class Inputs {
  private final Places places;
  private final List<String> missing = new ArrayList<>();

  Inputs(Places places) {
    this.places = places;
  }

  Path resolve(String source) {
    return places.resolve(source);
  }

  Path file(String field, String source) {
    Path path = resolve(source);
    if (!Files.exists(path)) {
      missing.add("%s: there is no file %s.".formatted(field, path));
    } else if (!Files.isRegularFile(path)) {
      missing.add("%s: %s is not a file; name one.".formatted(field, path));
    } else if (!Files.isReadable(path)) {
      missing.add("%s: the file %s cannot be read; allow it.".formatted(field, path));
    }
    return path;
  }

  /** A file, a folder, or a pattern in the last part of a path that some file matches. */
  Path files(String field, String source) {
    Path path = resolve(source);
    if (Files.isDirectory(path)) {
      return folder(field, source);
    }
    if (Files.exists(path) || !FilePattern.is(path)) {
      return file(field, source);
    }
    try {
      if (FilePattern.matches(path.getParent(), path.getFileName().toString()).isEmpty()) {
        missing.add("%s: there are no files %s.".formatted(field, path));
      }
    } catch (IOException e) {
      missing.add("%s: there is no folder %s.".formatted(field, path.getParent()));
    }
    return path;
  }

  /** Task templates from a ConfigMap, one a line. */
  List<String> templates(String field) {
    Path file = places.templates();
    try {
      List<String> templates =
          Files.readString(file).lines().map(String::strip).filter(t -> !t.isEmpty()).toList();
      if (templates.isEmpty()) {
        throw new Failure(
            ExitCode.INVALID,
            "%s: the entry has no template; write one a line, and make the job anew."
                .formatted(field));
      }
      return templates;
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.INVALID,
          "%s: the entry is not text in UTF-8; write one template a line, and make the job anew."
              .formatted(field),
          e);
    } catch (IOException e) {
      missing.add("%s: there is no file %s, where the operator mounts it.".formatted(field, file));
      return List.of();
    }
  }

  /** A file of questions, or a pattern of tables that hold them. */
  Path questions(String field, String source) {
    return FilePattern.is(resolve(source)) ? files(field, source) : file(field, source);
  }

  /** A folder of pictures, or a pattern of tables that hold them. */
  Path pictures(String field, String source) {
    return FilePattern.is(resolve(source)) ? files(field, source) : folder(field, source);
  }

  Path folder(String field, String source) {
    Path path = resolve(source);
    if (!Files.exists(path)) {
      missing.add("%s: there is no folder %s.".formatted(field, path));
    } else if (!Files.isDirectory(path)) {
      missing.add("%s: %s is not a folder; name one.".formatted(field, path));
    } else if (!Files.isReadable(path) || !Files.isExecutable(path)) {
      missing.add("%s: the folder %s cannot be read; allow it.".formatted(field, path));
    }
    return path;
  }

  /**
   * @throws Failure with {@code INPUT_MISSING}, one sentence a line, if any path cannot be read
   */
  void refuseMissing() {
    if (!missing.isEmpty()) {
      throw new Failure(ExitCode.INPUT_MISSING, String.join("\n", missing));
    }
  }
}
