package io.litoperator.worker.checkpoint;

import io.litoperator.worker.digest.Sha256;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The checkpoints of one job, as one attempt writes and removes them. Of the processes that write,
 * those of the newest attempt prevail ({@link AttemptFile}): earlier ones may fill folders of their
 * own, but publish and remove nothing. Others may read meanwhile.
 */
public final class AttemptStore {
  private final Destination destination;
  private final Disk disk;
  private final Progress progress;
  private final DestinationWriter writer;
  private final Catalog catalog;
  private final AttemptFile newestAttempt;
  private final int attempt;
  private final String holder;

  AttemptStore(Destination destination, Disk disk, Progress progress, int attempt, String holder) {
    this.destination = destination;
    this.disk = disk;
    this.progress = progress;
    this.attempt = attempt;
    this.holder = holder;
    writer = destination.writer(attempt);
    catalog = new Catalog(destination.name(), writer);
    newestAttempt = new AttemptFile(destination.files());
  }

  /** How people find a checkpoint. */
  String name(CheckpointId id) {
    return catalog.name(id);
  }

  /** All checkpoints whose files are there in their sizes, oldest first; reads no tensors. */
  public List<KeptCheckpoint> complete() {
    return catalog.complete();
  }

  /**
   * Starts a checkpoint, which may be of the name of one that is there and then replaces it. The
   * first rank does this before any adds its share.
   *
   * @throws Failure as of {@link #finish}
   */
  public void begin(CheckpointId id) {
    try {
      writer.begin(id);
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
      partial(snapshot).add(snapshot, this::requireNewest);
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
      writer.publish(id, this::requireNewest);
      return new Saved(
          id,
          destination.folder(id),
          catalog.name(id),
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
    return new PartialCheckpoint(writer, disk, progress, snapshot.id());
  }

  private void discard(CheckpointId id, Failure because) {
    try {
      writer.discard(id);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private void requireNewest() throws IOException {
    newestAttempt.requireNewest(attempt, holder);
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
            .formatted(
                id, destination.name(), Failure.reason(cause), writer.advice(id, cause, bytes)),
        cause);
  }

  /**
   * Removes what this attempt and earlier ones left unfinished. To be called before {@link
   * CheckpointStore#newestVerified} when a run starts or its ranks have died, and never while a
   * process of this attempt is saving here.
   *
   * @param notices told in a sentence each of checkpoints that were to be sent and are damaged
   * @throws Failure {@code STORAGE} if something cannot be removed, {@code PEER_LOST} if a newer
   *     attempt has begun
   */
  public void recover(Consumer<String> notices) {
    try {
      writer.recover(this::requireNewest, notices);
    } catch (IOException e) {
      throw StorageFailure.of(destination.name(), "cannot be cleaned up", e);
    }
  }

  /**
   * Removes all but the newest complete checkpoints. Before anything goes, the newest sound one is
   * found by reading it, as far as that does not take it over a network, and kept. Damaged ones do
   * not count, and go with the older ones.
   *
   * @param keep at least 1
   * @param others that are kept besides
   * @param notices as of {@link CheckpointStore#newestVerified}
   * @throws Failure {@code STORAGE} if a folder cannot be removed, {@code PEER_LOST} if a newer
   *     attempt has begun
   */
  public void prune(int keep, Set<CheckpointId> others, Consumer<String> notices) {
    List<CheckpointId> old = beyond(keep, others);
    if (!old.isEmpty()) {
      Optional<CheckpointId> sound = catalog.newest(writer::verify, notices);
      old.stream().filter(id -> !sound.equals(Optional.of(id))).forEach(this::remove);
    }
  }

  private List<CheckpointId> beyond(int keep, Set<CheckpointId> others) {
    List<CheckpointId> beyond = new ArrayList<>();
    int complete = 0;
    for (CheckpointId id : catalog.newestFirst()) {
      if (complete >= keep && !others.contains(id)) {
        beyond.add(id);
      } else if (catalog.complete(id).isPresent()) {
        complete++;
      }
    }
    return beyond;
  }

  private void remove(CheckpointId id) {
    try {
      requireNewest();
      writer.remove(id);
    } catch (IOException e) {
      throw StorageFailure.of(destination.name(), "cannot be rid of " + id, e);
    }
  }
}
