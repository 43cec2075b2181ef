package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.S3Connection;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The checkpoints of one job. Of the processes that write, those of the newest attempt prevail
 * ({@link AttemptFile}): earlier ones may fill folders of their own, but publish and remove
 * nothing. Others may read meanwhile. Reading changes nothing: a damaged checkpoint stays under its
 * name, is passed over, and goes when the same step is saved again or when enough newer ones are
 * there.
 */
public final class CheckpointStore {
  private final Destination destination;
  private final Disk disk;
  private final AttemptFile newestAttempt;
  private final int attempt;

  /**
   * @param jobFolder {@code <destination>/<job>}; made at the first save
   */
  public CheckpointStore(Path jobFolder) {
    this(jobFolder, new LocalDisk());
  }

  CheckpointStore(Path jobFolder, Disk disk) {
    this(new FileDestination(jobFolder, disk), disk, 0);
  }

  CheckpointStore(Destination destination, Disk disk, int attempt) {
    this.destination = destination;
    this.disk = disk;
    this.attempt = attempt;
    newestAttempt = new AttemptFile(destination);
  }

  /** The same checkpoints as written by an attempt; without one, the store is of attempt 0. */
  public CheckpointStore of(int attempt) {
    return new CheckpointStore(destination, disk, attempt);
  }

  /**
   * Of checkpoints that are kept in a bucket.
   *
   * @param jobFolder {@code <destination>/<job>} in it
   * @param staging folder of this machine in which they are written before they go there, and to
   *     which they come back; others of this machine's jobs have theirs
   */
  public static CheckpointStore inBucket(BucketPath jobFolder, Path staging) {
    Disk disk = new LocalDisk();
    return new CheckpointStore(
        new BucketDestination(
            new FileDestination(staging, disk),
            S3Connection.shared().bucket(jobFolder.bucket()),
            jobFolder),
        disk,
        0);
  }

  /** Small files and results beside the checkpoints. */
  public JobFiles files() {
    return new JobFiles(destination);
  }

  /** Which attempt may write here. */
  public AttemptFile attempts() {
    return newestAttempt;
  }

  /** How people find the checkpoints. */
  public String name() {
    return destination.name();
  }

  /** How people find a checkpoint. */
  public String name(CheckpointId id) {
    return destination.name() + "/" + id;
  }

  /** Where a checkpoint that was fetched, verified or saved is on this machine. */
  public Path folder(CheckpointId id) {
    return destination.folder(id);
  }

  /** All checkpoints, newest first, usable or not. */
  public List<CheckpointId> list() {
    try {
      return destination.list().stream().sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      throw storage("cannot be read", e);
    }
  }

  /**
   * The newest checkpoint of which every byte is as it was written, brought to {@link #folder}.
   *
   * @param notices told, in a sentence each, which newer ones were passed over and why
   */
  public Optional<CheckpointId> newestVerified(Consumer<String> notices) {
    return newest(
        id -> {
          if (!destination.fetch(id)) {
            Manifest.read(folder(id)).requireContent(folder(id));
          }
        },
        notices);
  }

  private interface Check {
    void of(CheckpointId id) throws IOException, Manifest.Damage;
  }

  private Optional<CheckpointId> newest(Check check, Consumer<String> notices) {
    for (CheckpointId id : list()) {
      try {
        check.of(id);
        return Optional.of(id);
      } catch (IOException e) {
        throw storage("cannot be read", e);
      } catch (Manifest.Damage e) {
        notices.accept(
            "Checkpoint %s is damaged and passed over: %s.".formatted(name(id), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /**
   * A checkpoint that this run has verified on some machine, brought to this one and opened.
   *
   * @throws Failure {@code BAD_DATA} if it is damaged or no checkpoint's name, {@code STORAGE} if
   *     it cannot be read
   */
  public Checkpoint open(String id) {
    CheckpointId named =
        CheckpointId.parse(id)
            .orElseThrow(() -> new IllegalArgumentException("not a checkpoint: " + id));
    try {
      destination.fetch(named);
    } catch (IOException e) {
      throw storage("cannot be read", e);
    } catch (Manifest.Damage e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Checkpoint %s is damaged: %s; use an older one.".formatted(name(named), e.getMessage()),
          e);
    }
    return Checkpoint.openVerified(folder(named));
  }

  /** All checkpoints whose files are there in their sizes, oldest first; reads no tensors. */
  public List<KeptCheckpoint> complete() {
    return list().stream().sorted().flatMap(id -> complete(id).stream()).toList();
  }

  /** A checkpoint whose files are there in their sizes; empty if it is being removed. */
  public Optional<KeptCheckpoint> complete(CheckpointId id) {
    try {
      Destination.Stored stored = destination.describe(id);
      Manifest manifest = Manifest.of(stored);
      manifest.requireSizes(stored.sizes());
      return Optional.of(
          new KeptCheckpoint(
              id,
              name(id),
              manifest.bytes(),
              Sha256.of(manifest.toJson()),
              stored.savedAt().orElse(Instant.EPOCH)));
    } catch (Manifest.Damage e) {
      return Optional.empty();
    } catch (IOException e) {
      throw storage("cannot be read", e);
    }
  }

  /**
   * Starts a checkpoint, which may be of the name of one that is there and then replaces it. The
   * first rank does this before any adds its share.
   *
   * @throws Failure as of {@link #finish}
   */
  public void begin(CheckpointId id) {
    try {
      destination.begin(id, attempt);
    } catch (IOException e) {
      throw notSaved(id, 0, e);
    }
  }

  /**
   * Adds a share that is not the first to a checkpoint that was begun.
   *
   * @throws Failure as of {@link #finish}
   */
  public void add(Snapshot snapshot) {
    try {
      partial(snapshot).add(snapshot);
    } catch (IOException e) {
      throw notSaved(snapshot.id(), snapshot.bytes(), e);
    }
  }

  /**
   * Adds the first share to a checkpoint that was begun, waits for the others', and publishes it
   * when all of it is there.
   *
   * @throws Failure {@code STORAGE} if it cannot be written, {@code PEER_LOST} if a newer attempt
   *     has begun; the other checkpoints are untouched
   */
  public Saved finish(Snapshot snapshot) {
    long start = System.nanoTime();
    CheckpointId id = snapshot.id();
    try {
      Manifest manifest = partial(snapshot).complete(snapshot, this::requireNewest);
      destination.publish(id, attempt, this::requireNewest);
      return new Saved(
          id,
          folder(id),
          name(id),
          manifest.bytes(),
          Sha256.of(manifest.toJson()),
          (System.nanoTime() - start) * 1e-9);
    } catch (IOException e) {
      Failure failure = notSaved(id, snapshot.bytes(), e);
      if (failure.exitCode() == ExitCode.STORAGE) {
        discard(id, failure);
      }
      throw failure;
    }
  }

  private PartialCheckpoint partial(Snapshot snapshot) {
    return new PartialCheckpoint(destination, disk, snapshot.id(), attempt);
  }

  private void discard(CheckpointId id, Failure because) {
    try {
      destination.discard(id, attempt);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private void requireNewest() throws IOException {
    newestAttempt.requireNewest(attempt);
  }

  private Failure notSaved(CheckpointId id, long bytes, IOException cause) {
    try {
      // A newer attempt removes what this one was writing; that is not the disk's fault.
      requireNewest();
    } catch (Failure superseded) {
      return superseded;
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new Failure(
        ExitCode.STORAGE,
        "Checkpoint %s could not be written to %s: %s%s; older checkpoints are kept."
            .formatted(id, destination.name(), reason(cause), destination.advice(cause, bytes)),
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
    try {
      destination.recover(attempt);
    } catch (IOException e) {
      throw storage("cannot be cleaned up", e);
    }
  }

  /**
   * Removes all but the newest complete checkpoints. Before anything goes, the newest sound one is
   * found by reading it, as far as that does not take it over a network, and kept. Damaged ones do
   * not count, and go with the older ones.
   *
   * @param keep at least 1
   * @param others that are kept besides
   * @param notices as of {@link #newestVerified}
   * @throws Failure {@code STORAGE} if a folder cannot be removed, {@code PEER_LOST} if a newer
   *     attempt has begun
   */
  public void prune(int keep, Set<CheckpointId> others, Consumer<String> notices) {
    Optional<CheckpointId> sound = newest(destination::verify, notices);
    int complete = 0;
    for (CheckpointId id : list()) {
      boolean needed = sound.equals(Optional.of(id)) || others.contains(id);
      if (complete >= keep && !needed) {
        remove(id);
      } else if (complete(id).isPresent()) {
        complete++;
      }
    }
  }

  private void remove(CheckpointId id) {
    try {
      requireNewest();
      destination.remove(id, attempt);
    } catch (IOException e) {
      throw storage("cannot be rid of " + id, e);
    }
  }

  private Failure storage(String what, IOException e) {
    return StorageFailure.of(
        "Checkpoint folder %s %s (%s); check its permissions and the disk."
            .formatted(destination.name(), what, reason(e)),
        e);
  }
}
