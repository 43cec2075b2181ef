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
 * The checkpoints of one job, in one folder. Of the processes that write, those of the newest
 * attempt prevail ({@link AttemptFile}): earlier ones may fill folders of their own, but publish
 * and remove nothing. Others may read meanwhile. Reading changes nothing: a damaged checkpoint
 * stays on disk under its name, is passed over, and goes when the same step is saved again or when
 * enough newer ones are there.
 */
public final class CheckpointStore {
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  /** A folder being written or deleted. */
  private static final String PARTIAL = ".partial";

  /** A checkpoint whose successor of the same name is about to take its place. */
  private static final String REPLACED = ".replaced";

  private static final Pattern HIDDEN =
      Pattern.compile("\\.(.+?)(?:\\.attempt-(\\d{1,9}))?(?:\\.partial|\\.replaced)");

  private final Path jobFolder;
  private final long shardBytes;
  private final Disk disk;
  private final AttemptFile newestAttempt;
  private final int attempt;

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
    this(jobFolder, shardBytes, disk, 0);
  }

  private CheckpointStore(Path jobFolder, long shardBytes, Disk disk, int attempt) {
    this.jobFolder = jobFolder;
    this.shardBytes = shardBytes;
    this.disk = disk;
    this.attempt = attempt;
    newestAttempt = new AttemptFile(jobFolder);
  }

  /** The same folder as written by an attempt; without one, the store is of attempt 0. */
  public CheckpointStore of(int attempt) {
    return new CheckpointStore(jobFolder, shardBytes, disk, attempt);
  }

  /** Which attempt may write here. */
  public AttemptFile attempts() {
    return newestAttempt;
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

  /** All checkpoints whose files are there in their sizes, oldest first; reads no tensors. */
  public List<KeptCheckpoint> complete() {
    return list().stream().sorted().flatMap(id -> describe(id).stream()).toList();
  }

  private Optional<KeptCheckpoint> describe(CheckpointId id) {
    Path folder = folder(id);
    try {
      Manifest manifest = Manifest.read(folder);
      manifest.requireSizes(folder);
      return Optional.of(
          new KeptCheckpoint(
              id,
              folder,
              manifest.bytes(),
              Sha256.of(manifest.toJson()),
              Files.getLastModifiedTime(folder.resolve(Manifest.FILE)).toInstant()));
    } catch (Manifest.Damage | NoSuchFileException e) {
      // Damaged ones do not count, nor does one that is being removed.
      return Optional.empty();
    } catch (IOException e) {
      throw storage("cannot be read", e);
    }
  }

  /**
   * Writes a checkpoint beside the others and renames it into place when it is on the device. One
   * of the same name is replaced.
   *
   * @throws Failure {@code STORAGE} if it cannot be written, {@code PEER_LOST} if a newer attempt
   *     has begun; the other checkpoints are untouched
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
          manifest.bytes(),
          Sha256.of(manifest.toJson()),
          (System.nanoTime() - start) * 1e-9);
    } catch (IOException e) {
      throw notSaved(id, snapshot, e);
    }
  }

  private void publish(CheckpointId id, Path partial) throws IOException {
    newestAttempt.requireNewest(attempt);
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
    try {
      // A newer attempt removes what this one was writing; that is not the disk's fault.
      newestAttempt.requireNewest(attempt);
    } catch (Failure e) {
      if (e.exitCode() == ExitCode.PEER_LOST) {
        return e;
      }
      cause.addSuppressed(e);
    }
    String room = "";
    try {
      recover(id, attempt);
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
   * Removes what this attempt and earlier ones left unfinished. To be called before {@link
   * #newestVerified} when a run starts or its ranks have died, and never while a process of this
   * attempt is saving here.
   *
   * @throws Failure {@code STORAGE} if something cannot be removed
   */
  public void recover() {
    for (Path path : entries()) {
      Matcher leftover = HIDDEN.matcher(path.getFileName().toString());
      Optional<CheckpointId> id =
          leftover.matches() ? CheckpointId.parse(leftover.group(1)) : Optional.empty();
      try {
        if (id.isPresent() && attemptOf(leftover) <= attempt) {
          recover(id.get(), attemptOf(leftover));
        }
      } catch (IOException e) {
        throw storage("cannot be cleaned up", e);
      }
    }
  }

  private static int attemptOf(Matcher hidden) {
    return hidden.group(2) == null ? 0 : Integer.parseInt(hidden.group(2));
  }

  private void recover(CheckpointId id, int of) throws IOException {
    Path replaced = hidden(id, of, REPLACED);
    if (Files.exists(replaced) && !Files.exists(folder(id))) {
      disk.move(replaced, folder(id));
    }
    deleteFolder(replaced);
    deleteFolder(hidden(id, of, PARTIAL));
  }

  /**
   * Removes all but the newest complete checkpoints. Before anything goes, the newest verified one
   * is found by reading it, and kept; so is the one that the run resumed from. Damaged ones do not
   * count, and go with the older ones.
   *
   * @param keep at least 1
   * @param notices as of {@link #newestVerified}
   * @throws Failure {@code STORAGE} if a folder cannot be removed, {@code PEER_LOST} if a newer
   *     attempt has begun
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
    newestAttempt.requireNewest(attempt);
    try {
      deleteFolder(hidden(id, PARTIAL));
      disk.move(folder(id), hidden(id, PARTIAL));
      deleteFolder(hidden(id, PARTIAL));
    } catch (IOException e) {
      throw storage("cannot be rid of " + id, e);
    }
  }

  private Path hidden(CheckpointId id, String suffix) {
    return hidden(id, attempt, suffix);
  }

  private Path hidden(CheckpointId id, int of, String suffix) {
    return jobFolder.resolve("." + id + (of == 0 ? "" : ".attempt-" + of) + suffix);
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
