package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a judge has answered, a file a request, named by the request's SHA-256.
 *
 * @param folder made when it is first written
 */
public record JudgementCache(Path folder) {

  Optional<String> get(String request) {
    try {
      return Optional.of(Files.readString(file(request)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw storage(e);
    }
  }

  /** A file is there whole or not at all. */
  void put(String request, String answer) {
    Path file = file(request);
    try {
      Files.createDirectories(folder);
      Path unfinished = Files.createTempFile(folder, "unfinished", "");
      Files.writeString(unfinished, answer);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw storage(e);
    }
  }

  private Path file(String request) {
    return folder.resolve(Sha256.of(request) + ".txt");
  }

  private Failure storage(IOException cause) {
    return new Failure(
        ExitCode.STORAGE,
        "Judgements cannot be kept in %s: %s.".formatted(folder, cause.getMessage()),
        cause);
  }
}
