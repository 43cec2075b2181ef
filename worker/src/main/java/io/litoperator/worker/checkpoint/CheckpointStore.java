package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The checkpoints of one job, as anybody may read them at any time. Reading changes nothing: a
 * damaged checkpoint stays under its name, is passed over, and goes when the same step is saved
 * again or when enough newer ones are there. Attempts write them ({@link #of}).
 */
public final class CheckpointStore {
  private final Destination destination;
  private final Disk disk;
  private final Progress progress;
  private final Catalog catalog;

  /**
   * @param jobFolder {@code <destination>/<job>}; made at the first save
   */
  public CheckpointStore(Path jobFolder) {
    this(jobFolder, Progress.NONE);
  }

  /**
   * @param progress told how far the writing and verifying of checkpoints is
   */
  public CheckpointStore(Path jobFolder, Progress progress) {
    this(jobFolder, new LocalDisk(progress), progress);
  }

  CheckpointStore(Path jobFolder, Disk disk, Progress progress) {
    this(new FileDestination(jobFolder, disk, progress), disk, progress);
  }

  CheckpointStore(Destination destination, Disk disk, Progress progress) {
    this.destination = destination;
    this.disk = disk;
    this.progress = progress;
    catalog = new Catalog(destination.name(), destination);
  }

  /**
   * Of checkpoints that are kept in a bucket.
   *
   * @param jobFolder {@code <destination>/<job>} in it
   * @param staging folder of this machine in which they are written before they go there, and to
   *     which they come back; others of this machine's jobs have theirs
   * @param progress told how far the writing, verifying, sending and fetching of files is
   */
  public static CheckpointStore inBucket(BucketPath jobFolder, Path staging, Progress progress) {
    Disk disk = new LocalDisk(progress);
    String exchanging = "exchanging with " + jobFolder.bucket();
    return new CheckpointStore(
        new BucketDestination(
            new FileDestination(staging, disk, progress),
            S3Connection.shared().bucket(jobFolder.bucket(), () -> progress.on(exchanging, 0, 1)),
            jobFolder),
        disk,
        progress);
  }

  /**
   * The same checkpoints, to be written by an attempt.
   *
   * @param holder of the attempt's claim
   */
  public AttemptStore of(int attempt, String holder) {
    return new AttemptStore(destination, disk, progress, attempt, holder);
  }

  /** Small files and results beside the checkpoints. */
  public JobFiles files() {
    return new JobFiles(destination.files());
  }

  /** Which attempt may write here. */
  public AttemptFile attempts() {
    return new AttemptFile(destination.files());
  }

  /** How people find the checkpoints. */
  public String name() {
    return destination.name();
  }

  /** How people find a checkpoint. */
  public String name(CheckpointId id) {
    return catalog.name(id);
  }

  /** Where a checkpoint that was fetched, verified or saved is on this machine. */
  public Path folder(CheckpointId id) {
    return destination.folder(id);
  }

  /** All checkpoints, newest first, usable or not. */
  public List<CheckpointId> list() {
    return catalog.newestFirst();
  }

  /** All checkpoints whose files are there in their sizes, oldest first; reads no tensors. */
  public List<KeptCheckpoint> complete() {
    return catalog.complete();
  }

  /** A checkpoint whose files are there in their sizes; empty if it is being removed. */
  public Optional<KeptCheckpoint> complete(CheckpointId id) {
    return catalog.complete(id);
  }

  /**
   * The newest checkpoint of which every byte is as it was written, brought to {@link #folder}.
   *
   * @param notices told, in a sentence each, which newer ones were passed over and why
   */
  public Optional<CheckpointId> newestVerified(Consumer<String> notices) {
    return catalog.newest(destination::fetchVerified, notices);
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
      throw StorageFailure.of(name(), "cannot be read", e);
    } catch (Manifest.Damage e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Checkpoint %s is damaged: %s; use an older one.".formatted(name(named), e.getMessage()),
          e);
    }
    return Checkpoint.openVerified(folder(named));
  }
}
