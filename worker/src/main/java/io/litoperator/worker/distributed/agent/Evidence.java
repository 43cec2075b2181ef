package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** What the ranks of an attempt were doing when one hung, kept for people. */
final class Evidence {
  private final Path folder;
  private final int attempt;
  private final Set<Integer> written = new HashSet<>();

  Evidence(Path folder, int attempt) {
    this.folder = folder;
    this.attempt = attempt;
  }

  void write(int rank, String text) {
    Path file = folder.resolve("attempt-%d-rank-%d.txt".formatted(attempt, rank));
    try {
      Files.createDirectories(folder);
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Failure(ExitCode.STORAGE, "Cannot write " + file + ": " + e.getMessage(), e);
    }
    written.add(rank);
  }

  boolean has(int rank) {
    return written.contains(rank);
  }
}
