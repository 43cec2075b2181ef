package io.litoperator.worker.run;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The folder that a run writes to. An earlier run's is never overwritten. */
final class OutputFolder {
  private OutputFolder() {}

  /**
   * Makes the folder ready: with {@code resume} as it is, otherwise empty, an earlier run's being
   * moved aside.
   *
   * @param elsewhere whether what is to be resumed is kept in another place
   * @throws Failure {@code INPUT_MISSING} if there is nothing to resume, {@code STORAGE} if the
   *     folder cannot be made or moved
   */
  static void prepare(Path folder, boolean resume, boolean elsewhere, Listener listener) {
    try {
      boolean used = isUsed(folder);
      if (resume && !used && !elsewhere) {
        throw new Failure(
            ExitCode.INPUT_MISSING,
            "There is no run in %s to resume; start it without --resume, or name its folder with --output."
                .formatted(folder));
      }
      if (!resume && used) {
        Path aside = free(folder);
        Files.move(folder, aside);
        listener.on(
            new Event.Notice("The earlier run in %s is now in %s.".formatted(folder, aside)));
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The output folder %s cannot be used: %s; choose another with --output."
              .formatted(folder, e),
          e);
    }
  }

  /**
   * Removes a folder with all that is in it, if it is there.
   *
   * @throws Failure {@code STORAGE} if that cannot be done
   */
  static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(folder)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be removed: %s.".formatted(folder, e.getMessage()), e);
    }
  }

  private static boolean isUsed(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isPresent();
    }
  }

  private static Path free(Path folder) {
    int number = 1;
    while (Files.exists(numbered(folder, number))) {
      number++;
    }
    return numbered(folder, number);
  }

  private static Path numbered(Path folder, int number) {
    return folder.resolveSibling(folder.getFileName() + "." + number);
  }
}
