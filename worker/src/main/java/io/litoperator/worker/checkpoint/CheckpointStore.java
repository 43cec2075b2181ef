package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of one job, in one folder. One process writes at a time; others may read
 * meanwhile. Reading changes nothing: a damaged checkpoint stays on disk under its name, is passed
 * over, and goes when the same step is saved again or when enough newer ones are there.
 */
public final class CheckpointStore {
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  /** A folder being written or deleted. */
  private static final String PARTIAL = ".partial";

  /** A checkpoint whose successor of the same name is about to take its place. */
  private static final String REPLACED = ".replaced";

  private static final Pattern HIDDEN = Pattern.compile("\\.(.+)(\\.partial|\\.replaced)");

  private final Path jobFolder;
  private final long shardBytes;
  private final Disk disk;

  /**
   * @param jobFolder {@code <destination>/<job>}; made at the first save
   */
  public CheckpointStore(Path jobFolder) {
    this(jobFolder, DEFAULT_SHARD_BYTES);
  }

  /**
   * @param shardBytes largest size of a file of parameters, unless one tensor alone exceeds it
   */
  public CheckpointStore(Path jobFolder, long shardBytes) {
    this(jobFolder, shardBytes, new LocalDisk());
  }

  CheckpointStore(Path jobFolder, long shardBytes, Disk disk) {
    this.jobFolder = jobFolder;
    this.shardBytes = shardBytes;
    this.disk = disk;
  }

  public Path folder(CheckpointId id) {
    return jobFolder.resolve(id.toString());
  }

  /** All checkpoint folders, newest first, usable or not. */
  public List<CheckpointId> list() {
    return entries().stream()
        .flatMap(path -> CheckpointId.parse(path.getFileName().toString()).stream())
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * The newest checkpoint of which every byte is as it was written.
   *
   * @param notices told, in a sentence each, which newer ones were passed over and why
   */
  public Optional<CheckpointId> newestVerified(Consumer<String> notices) {
    for (CheckpointId id : list()) {
      try {
        Manifest.read(folder(id)).requireContent(folder(id));
        return Optional.of(id);
      } catch (Manifest.Damage e) {
        notices.accept(
            "Checkpoint %s is damaged and passed over: %s.".formatted(folder(id), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /**
   * Writes a checkpoint beside the others and renames it into place when it is on the device. One
   * of the same name is replaced.
   *
   * @throws Failure {@code STORAGE} if it cannot be written; the other checkpoints are untouched
   */
  public Saved save(Snapshot snapshot) {
    long start = System.nanoTime();
    CheckpointId id = snapshot.state().id();
    Path partial = hidden(id, PARTIAL);
    try {
      deleteFolder(partial);
      Files.createDirectories(partial);
      Manifest manifest = TrainingFiles.write(disk, partial, shardBytes, snapshot);
      publish(id, partial);
      return new Saved(
          id,
          folder(id),
          manifest.files().stream().mapToLong(Manifest.Entry::size).sum(),
          Sha256.of(manifest.toJson()),
          (System.nanoTime() - start) * 1e-9);
    } catch (IOException e) {
      throw notSaved(id, snapshot, e);
    }
  }

  private void publish(CheckpointId id, Path partial) throws IOException {
    Path replaced = hidden(id, REPLACED);
    if (Files.exists(folder(id))) {
      deleteFolder(replaced);
      disk.move(folder(id), replaced);
    }
    disk.move(partial, folder(id));
    disk.syncFolder(jobFolder);
    deleteFolder(replaced);
  }

  private Failure notSaved(CheckpointId id, Snapshot snapshot, IOException cause) {
    String room = "";
    try {
      recover(id);
      room =
          String.format(
              Locale.ROOT,
              " (about %.1f MB needed, %.1f MB free)",
              snapshot.bytes() * 1e-6,
              Files.getFileStore(jobFolder).getUsableSpace() * 1e-6);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new Failure(
        ExitCode.STORAGE,
        ("Checkpoint %s could not be written to %s: %s%s; make room or give write permission there,"
                + " or choose another destination; older checkpoints are kept.")
            .formatted(id, jobFolder, reason(cause), room),
        cause);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileAlreadyExistsException ? "a file is in its place" : e.getMessage();
  }

  /**
   * Removes what an earlier process left unfinished. To be called before {@link #newestVerified}
   * when a run starts or its ranks have died, and never while a process is saving here.
   *
   * @throws Failure {@code STORAGE} if something cannot be removed
   */
  public void recover() {
    for (Path path : entries()) {
      Matcher leftover = HIDDEN.matcher(path.getFileName().toString());
      Optional<CheckpointId> id =
          leftover.matches() ? CheckpointId.parse(leftover.group(1)) : Optional.empty();
      try {
        if (id.isPresent()) {
          recover(id.get());
        }
      } catch (IOException e) {
        throw storage("cannot be cleaned up", e);
      }
    }
  }

  private void recover(CheckpointId id) throws IOException {
    Path replaced = hidden(id, REPLACED);
    if (Files.exists(replaced) && !Files.exists(folder(id))) {
      disk.move(replaced, folder(id));
    }
    deleteFolder(replaced);
    deleteFolder(hidden(id, PARTIAL));
  }

  /**
   * Removes all but the newest complete checkpoints. Before anything goes, the newest verified one
   * is found by reading it, and kept; so is the one that the run resumed from. Damaged ones do not
   * count, and go with the older ones.
   *
   * @param keep at least 1
   * @param notices as of {@link #newestVerified}
   * @throws Failure {@code STORAGE} if a folder cannot be removed
   */
  public void prune(int keep, Optional<CheckpointId> resumedFrom, Consumer<String> notices) {
    Optional<CheckpointId> verified = newestVerified(notices);
    int complete = 0;
    for (CheckpointId id : list()) {
      boolean needed = verified.equals(Optional.of(id)) || resumedFrom.equals(Optional.of(id));
      if (complete >= keep && !needed) {
        remove(id);
      } else if (isComplete(id)) {
        complete++;
      }
    }
  }

  private boolean isComplete(CheckpointId id) {
    try {
      Manifest.read(folder(id)).requireSizes(folder(id));
      return true;
    } catch (Manifest.Damage e) {
      return false;
    }
  }

  private void remove(CheckpointId id) {
    try {
      deleteFolder(hidden(id, PARTIAL));
      disk.move(folder(id), hidden(id, PARTIAL));
      deleteFolder(hidden(id, PARTIAL));
    } catch (IOException e) {
      throw storage("cannot be rid of " + id, e);
    }
  }

  private Path hidden(CheckpointId id, String suffix) {
    return jobFolder.resolve("." + id + suffix);
  }

  private List<Path> entries() {
    try (Stream<Path> entries = Files.list(jobFolder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw storage("cannot be read", e);
    }
  }

  private Failure storage(String what, IOException e) {
    return new Failure(
        ExitCode.STORAGE,
        "Checkpoint folder %s %s (%s); check its permissions and the disk."
            .formatted(jobFolder, what, reason(e)),
        e);
  }

  /** Deletes a flat folder if it is there, the manifest first. */
  private static void deleteFolder(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.deleteIfExists(folder.resolve(Manifest.FILE));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
