package io.litoperator.worker.run;

import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What tells a model that was written anew into the same folder from the one before: of a
 * checkpoint the digest of its manifest, which has those of its files; of another model the sizes
 * and times of its files, as its weights are too large to be read for this.
 *
 * @param text one line for each file
 */
record ModelStamp(String text) {
  private static final String MANIFEST = "manifest.json";
  private static final String FILE = "model.txt";

  /**
   * @throws Failure STORAGE if the folder cannot be read
   */
  static ModelStamp of(Path model) {
    Path manifest = model.resolve(MANIFEST);
    try {
      return new ModelStamp(
          Files.exists(manifest)
              ? MANIFEST + " sha256 " + Sha256.of(manifest) + "\n"
              : sizesAndTimes(model));
    } catch (IOException e) {
      throw storage(model, "read", e);
    }
  }

  private static String sizesAndTimes(Path model) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Path file : files(model)) {
      lines.append(
          "%s %d bytes %s%n"
              .formatted(file.getFileName(), Files.size(file), Files.getLastModifiedTime(file)));
    }
    return lines.toString();
  }

  private static List<Path> files(Path model) throws IOException {
    try (Stream<Path> all = Files.list(model)) {
      return all.filter(file -> file.toString().matches(".*\\.(safetensors|bin|json)"))
          .sorted()
          .toList();
    }
  }

  /** Writes it into an evaluation's folder. */
  void keep(Path output) {
    try {
      Files.writeString(output.resolve(FILE), text);
    } catch (IOException e) {
      throw storage(output.resolve(FILE), "written", e);
    }
  }

  /** Whether an evaluation's folder has this very one. */
  boolean isKept(Path output) {
    Path file = output.resolve(FILE);
    try {
      return Files.exists(file) && Files.readString(file).equals(text);
    } catch (IOException e) {
      throw storage(file, "read", e);
    }
  }

  private static Failure storage(Path path, String what, IOException e) {
    return new Failure(
        ExitCode.STORAGE, "%s cannot be %s: %s.".formatted(path, what, e.getMessage()), e);
  }
}
