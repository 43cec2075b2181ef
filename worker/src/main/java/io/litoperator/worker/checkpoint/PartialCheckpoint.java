package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folder that a checkpoint is written into: every rank adds its share, and the first waits for
 * all of them before it writes the manifest.
 *
 * <p>Ranks tell each other that they are done by files, not by the collective: a save goes on
 * beside the training, whose operations it must not mix with, and whoever writes sees the folder
 * anyway.
 */
final class PartialCheckpoint {
  /** Between looks for the others' shares, longer and longer. */
  private static final long FIRST_PAUSE_MILLIS = 20;

  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final DestinationWriter destination;
  private final Disk disk;
  private final Progress progress;
  private final CheckpointId id;

  PartialCheckpoint(DestinationWriter destination, Disk disk, Progress progress, CheckpointId id) {
    this.destination = destination;
    this.disk = disk;
    this.progress = progress;
    this.id = id;
  }

  /**
   * Adds a share that is not the first.
   *
   * @param fence as of {@link DestinationWriter#handOver}
   */
  void add(Snapshot snapshot, Fence fence) throws IOException {
    TrainingFiles files = new TrainingFiles(disk, destination.join(id), progress);
    files.write(snapshot);
    destination.handOver(
        id, snapshot.share().index(), new Manifest(Manifest.FORMAT, files.written()), fence);
  }

  /**
   * Adds the first share, and the manifest once the others are there.
   *
   * @param stillWanted called while they are awaited; what it throws ends that
   */
  Manifest complete(Snapshot snapshot, Fence stillWanted) throws IOException {
    Path folder = destination.partial(id);
    TrainingFiles files = new TrainingFiles(disk, folder, progress);
    files.write(snapshot);
    List<Manifest.Entry> entries = new ArrayList<>(files.written());
    for (int share = 1; share < snapshot.share().count(); share++) {
      entries.addAll(await(share, stillWanted).files());
    }
    Manifest manifest = new Manifest(Manifest.FORMAT, entries);
    files.write(Manifest.FILE, manifest.toJson());
    disk.syncFolder(folder);
    return manifest;
  }

  private Manifest await(int share, Fence stillWanted) throws IOException {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      Optional<Manifest> handedOver = destination.takeOver(id, share);
      if (handedOver.isPresent()) {
        return handedOver.get();
      }
      stillWanted.run();
      pause(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(
          ExitCode.TERMINATED, "Interrupted while a checkpoint was being saved; run again.", e);
    }
  }
}
