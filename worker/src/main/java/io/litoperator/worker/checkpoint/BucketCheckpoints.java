package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job's checkpoints as objects of a bucket, {@code <stage>-<step>/<file>} in the job's folder.
 * Every call asks or changes the bucket.
 *
 * @param progress told of what is sent and fetched
 */
record BucketCheckpoints(Bucket bucket, BucketPath jobFolder, Progress progress)
    implements Contents {
  static final int TRANSFERS = 8;

  @Override
  public List<CheckpointId> list() throws IOException {
    return bucket.folders(jobFolder.key() + "/").stream()
        .flatMap(name -> CheckpointId.parse(name).stream())
        .toList();
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    Optional<Instant> savedAt = Optional.empty();
    for (StoredObject object : bucket.list(key(id, ""))) {
      String name = object.key().substring(key(id, "").length());
      sizes.put(name, object.size());
      if (name.equals(Manifest.FILE)) {
        savedAt = Optional.of(object.modified());
      }
    }
    return new Stored(bucket.read(key(id, Manifest.FILE)), sizes, savedAt);
  }

  void send(CheckpointId id, Path from, Collection<String> files) throws IOException {
    long total = 0;
    for (String file : files) {
      total += Files.size(from.resolve(file));
    }
    Meter sent = new Meter("sending " + id, total, progress);
    Parallel.each(
        List.copyOf(files),
        TRANSFERS,
        file -> bucket.upload(from.resolve(file), key(id, file), sent));
  }

  void bring(CheckpointId id, List<Manifest.Entry> files, Path to) throws IOException {
    long total = files.stream().mapToLong(Manifest.Entry::size).sum();
    Meter received = new Meter("fetching " + id, total, progress);
    Parallel.each(
        files,
        TRANSFERS,
        file ->
            bucket.download(key(id, file.name()), file.size(), to.resolve(file.name()), received));
  }

  void sendManifest(CheckpointId id, byte[] manifest) throws IOException {
    bucket.write(key(id, Manifest.FILE), manifest);
  }

  /** There need be none. */
  void removeManifest(CheckpointId id) throws IOException {
    bucket.delete(key(id, Manifest.FILE));
  }

  /** Those that are there; the manifest first. */
  void remove(CheckpointId id, Collection<String> files) throws IOException {
    removeManifest(id);
    Parallel.each(
        files.stream().filter(file -> !file.equals(Manifest.FILE)).toList(),
        TRANSFERS,
        file -> bucket.delete(key(id, file)));
  }

  private String key(CheckpointId id, String file) {
    return jobFolder.key() + "/" + id + "/" + file;
  }
}
