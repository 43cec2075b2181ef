package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder that a checkpoint is written into: every rank adds its share, and the first waits for
 * all of them before it writes the manifest.
 *
 * <p>Ranks tell each other that they are done by files, not by the collective: a save goes on
 * beside the training, whose operations it must not mix with, and whoever writes sees the folder
 * anyway.
 */
final class PartialCheckpoint {
  /** Between looks for the others' shares. */
  private static final long PAUSE_MILLIS = 20;

  private final Disk disk;
  private final Path folder;
  private final TrainingFiles files;

  /**
   * @param folder that was begun
   */
  PartialCheckpoint(Disk disk, Path folder) {
    this.disk = disk;
    this.folder = folder;
    this.files = new TrainingFiles(disk, folder);
  }

  /** Adds a share that is not the first. */
  void add(Snapshot snapshot) throws IOException {
    files.write(snapshot);
    byte[] written = new Manifest(Manifest.FORMAT, files.written()).toJson();
    String receipt = receipt(snapshot.share().index());
    files.write(receipt + ".unfinished", written);
    disk.move(folder.resolve(receipt + ".unfinished"), folder.resolve(receipt));
  }

  /**
   * Adds the first share, and the manifest once the others are there.
   *
   * @param stillWanted called while they are awaited; what it throws ends that
   */
  Manifest complete(Snapshot snapshot, Runnable stillWanted) throws IOException {
    files.write(snapshot);
    List<Manifest.Entry> entries = new ArrayList<>(files.written());
    for (int share = 1; share < snapshot.share().count(); share++) {
      entries.addAll(take(folder.resolve(receipt(share)), stillWanted));
    }
    Manifest manifest = new Manifest(Manifest.FORMAT, entries);
    files.write(Manifest.FILE, manifest.toJson());
    disk.syncFolder(folder);
    return manifest;
  }

  /** What the rank of a share leaves when all of it is on the device. */
  private static String receipt(int share) {
    return "share-" + share + ".json";
  }

  private static List<Manifest.Entry> take(Path receipt, Runnable stillWanted) throws IOException {
    while (!Files.exists(receipt)) {
      stillWanted.run();
      pause();
    }
    Manifest share = Json.MAPPER.readValue(Files.readAllBytes(receipt), Manifest.class);
    Files.delete(receipt);
    return share.files();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(
          ExitCode.TERMINATED, "Interrupted while a checkpoint was being saved; run again.", e);
    }
  }
}
