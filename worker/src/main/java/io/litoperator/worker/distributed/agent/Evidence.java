package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the ranks of an attempt were doing when one hung, kept for people. A folder that cannot be
 * written to ends nothing: it is told once.
 */
final class Evidence {
  private final Path folder;
  private final int attempt;
  private final Consumer<String> notices;
  private final Set<Integer> taken = new HashSet<>();
  private boolean told;

  /**
   * @param notices told, in a sentence, what cannot be kept
   */
  Evidence(Path folder, int attempt, Consumer<String> notices) {
    this.folder = folder;
    this.attempt = attempt;
    this.notices = notices;
  }

  void write(int rank, String text) {
    Path file = folder.resolve("attempt-%d-rank-%d.txt".formatted(attempt, rank));
    try {
      Files.createDirectories(folder);
      Files.writeString(file, text);
    } catch (IOException e) {
      tell(e);
    }
    taken.add(rank);
  }

  private void tell(IOException e) {
    if (!told) {
      told = true;
      notices.accept("Stacks of ranks cannot be kept in %s (%s).".formatted(folder, e));
    }
  }

  /** Whether a rank's was given, even if it could not be kept. */
  boolean has(int rank) {
    return taken.contains(rank);
  }
}
