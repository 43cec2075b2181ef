package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.transfer.LockFile;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * A bucket, in front of which a folder of this machine stands: checkpoints are written there, are
 * whole there before they are sent, and come back to it. Of a checkpoint's objects the manifest is
 * sent last and removed first, so one that is half sent, or half removed, has none.
 *
 * @param jobFolder in the bucket
 */
record BucketDestination(FileDestination staging, Bucket bucket, BucketPath jobFolder)
    implements Destination {
  /** Of what is brought here. */
  private static final int NO_ATTEMPT = 0;

  static final Fence NO_FENCE = () -> {};

  @Override
  public String name() {
    return jobFolder.toString();
  }

  @Override
  public Path folder(CheckpointId id) {
    return staging.folder(id);
  }

  @Override
  public List<CheckpointId> list() throws IOException {
    return checkpoints().list();
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    return checkpoints().describe(id);
  }

  @Override
  public void fetch(CheckpointId id) throws IOException, Manifest.Damage {
    fetch(id, manifest -> true);
  }

  /** A copy that was altered on this machine is replaced. */
  @Override
  public void fetchVerified(CheckpointId id) throws IOException, Manifest.Damage {
    fetch(id, manifest -> manifest.hasContent(folder(id), id.toString(), staging.progress()));
  }

  /**
   * One process of a machine brings it, others wait for that one.
   *
   * @param sound whether a copy that is here in its sizes will do
   */
  private void fetch(CheckpointId id, Predicate<Manifest> sound)
      throws IOException, Manifest.Damage {
    Stored kept = describe(id);
    Manifest manifest = kept.complete();
    lock()
        .holding(
            () -> {
              if (!isHere(id, kept) || !sound.test(manifest)) {
                bring(id, manifest, kept);
              }
              return null;
            });
  }

  private boolean isHere(CheckpointId id, Stored kept) throws IOException {
    if (!Files.isDirectory(folder(id))) {
      return false;
    }
    Stored here = staging.describe(id);
    return here.hasManifestOf(kept) && here.sizes().equals(kept.sizes());
  }

  /** All of it is on the device before it has the checkpoint's name. */
  private void bring(CheckpointId id, Manifest manifest, Stored kept)
      throws IOException, Manifest.Damage {
    FileDestinationWriter writer = staging.writer(NO_ATTEMPT);
    writer.begin(id);
    Path partial = writer.partial(id);
    checkpoints().bring(id, manifest.files(), partial);
    manifest.requireContent(partial, id.toString(), staging.progress());
    for (Manifest.Entry file : manifest.files()) {
      staging.disk().sync(partial.resolve(file.name()));
    }
    new TrainingFiles(staging.disk(), partial, Progress.NONE)
        .write(Manifest.FILE, kept.manifest().orElseThrow());
    staging.disk().syncFolder(partial);
    writer.publish(id, NO_FENCE);
  }

  /** Held by who changes what lies in the folder in front, other than the first rank. */
  LockFile lock() {
    return new LockFile(staging.jobFolder().resolve(".lock"));
  }

  BucketCheckpoints checkpoints() {
    return new BucketCheckpoints(bucket, jobFolder, staging.progress());
  }

  @Override
  public BucketFiles files() {
    return new BucketFiles(bucket, jobFolder, staging.progress());
  }

  @Override
  public BucketDestinationWriter writer(int attempt) {
    return new BucketDestinationWriter(this, attempt);
  }
}
