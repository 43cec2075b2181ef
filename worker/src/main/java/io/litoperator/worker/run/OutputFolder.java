package io.litoperator.worker.run;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.transfer.LockFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that a run writes to, for this run alone until closed. An earlier run's is never
 * overwritten.
 */
final class OutputFolder implements AutoCloseable {
  private static final String LOCK = ".run.lock";

  private final List<Closeable> locks = new ArrayList<>();

  private OutputFolder() {}

  /**
   * Takes the folder and makes it ready: with {@code resume} as it is, otherwise empty, an earlier
   * run's being moved aside.
   *
   * @param elsewhere whether what is to be resumed may be kept in another place, or nowhere yet
   * @throws Failure {@code INPUT_MISSING} if there is nothing to resume, {@code INVALID} if another
   *     run uses the folder, {@code STORAGE} if it cannot be made or moved
   */
  static OutputFolder take(Path folder, boolean resume, boolean elsewhere, Listener listener) {
    OutputFolder taken = new OutputFolder();
    try {
      taken.prepare(folder, resume, elsewhere, listener);
      return taken;
    } catch (IOException e) {
      taken.close();
      throw new Failure(
          ExitCode.STORAGE,
          "The output folder %s cannot be used: %s; choose another with --output."
              .formatted(folder, Failure.reason(e)),
          e);
    } catch (Failure e) {
      taken.close();
      throw e;
    }
  }

  private void prepare(Path folder, boolean resume, boolean elsewhere, Listener listener)
      throws IOException {
    if (resume && !elsewhere && !isUsed(folder)) {
      throw new Failure(
          ExitCode.INPUT_MISSING,
          "There is no run in %s to resume; start it without --resume, or name its folder with --output."
              .formatted(folder));
    }
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
    lock(folder, listener);
    if (!resume && isUsed(folder)) {
      Path aside = free(folder);
      // Its lock goes with it, and is kept: who looks for it there must not get it.
      Files.move(folder, aside);
      listener.on(new Event.Notice("The earlier run in %s is now in %s.".formatted(folder, aside)));
      Files.createDirectories(folder);
      lock(folder, listener);
    }
  }

  private void lock(Path folder, Listener listener) {
    try {
      locks.add(new LockFile(folder.resolve(LOCK)).tryToHold().orElseThrow(() -> inUse(folder)));
    } catch (IOException e) {
      listener.on(
          new Event.Notice(
              "The output folder %s cannot be locked (%s); let no other run use it meanwhile."
                  .formatted(folder, e.getMessage())));
    }
  }

  private static Failure inUse(Path folder) {
    return new Failure(
        ExitCode.INVALID,
        "Another run that goes on writes to %s; wait for its end, or choose another folder with --output."
            .formatted(folder));
  }

  @Override
  public void close() {
    for (Closeable lock : locks) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new Failure(ExitCode.STORAGE, "A lock cannot be closed: " + e.getMessage(), e);
      }
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
      return entries.anyMatch(entry -> !entry.endsWith(LOCK));
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
