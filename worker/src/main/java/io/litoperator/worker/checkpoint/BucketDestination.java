package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.BucketFault;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.LockFile;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A bucket, in front of which a folder of this machine stands: checkpoints are written there, are
 * whole there before they are sent, and come back to it. Of a checkpoint's objects the manifest is
 * sent last and removed first, so one that is half sent, or half removed, has none.
 */
final class BucketDestination implements Destination {
  private static final int TRANSFERS = 8;

  /** Of what is brought here. */
  private static final int NO_ATTEMPT = 0;

  private static final Fence NO_FENCE = () -> {};

  private final FileDestination staging;
  private final Bucket bucket;
  private final BucketPath jobFolder;

  /** Files of the checkpoint under way that other ranks have sent. */
  private final Set<String> handedOver = ConcurrentHashMap.newKeySet();

  /**
   * @param jobFolder in the bucket
   */
  BucketDestination(FileDestination staging, Bucket bucket, BucketPath jobFolder) {
    this.staging = staging;
    this.bucket = bucket;
    this.jobFolder = jobFolder;
  }

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
    return bucket.folders(key("")).stream()
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

  /** One process of a machine brings it, others wait for that one. */
  @Override
  public boolean fetch(CheckpointId id) throws IOException, Manifest.Damage {
    Stored kept = describe(id);
    Manifest manifest = Manifest.of(kept);
    manifest.requireSizes(kept.sizes());
    return lock()
        .holding(
            () -> {
              if (isHere(id, kept)) {
                return false;
              }
              bring(id, manifest, kept);
              return true;
            });
  }

  private LockFile lock() {
    return new LockFile(Path.of(staging.name()).resolve(".lock"));
  }

  private boolean isHere(CheckpointId id, Stored kept) throws IOException {
    if (!Files.isDirectory(folder(id))) {
      return false;
    }
    Stored here = staging.describe(id);
    return sameManifest(here, kept) && here.sizes().equals(kept.sizes());
  }

  private static boolean sameManifest(Stored one, Stored other) {
    return one.manifest().isPresent()
        && other.manifest().isPresent()
        && Arrays.equals(one.manifest().get(), other.manifest().get());
  }

  private void bring(CheckpointId id, Manifest manifest, Stored kept)
      throws IOException, Manifest.Damage {
    staging.begin(id, NO_ATTEMPT);
    Path partial = staging.partial(id, NO_ATTEMPT);
    Parallel.each(
        manifest.files(),
        TRANSFERS,
        file ->
            bucket.download(
                key(id, file.name()), file.size(), partial.resolve(file.name()), bytes -> {}));
    manifest.requireContent(partial);
    Files.write(partial.resolve(Manifest.FILE), kept.manifest().orElseThrow());
    staging.publish(id, NO_ATTEMPT, NO_FENCE);
  }

  @Override
  public void begin(CheckpointId id, int attempt) throws IOException {
    handedOver.clear();
    staging.begin(id, attempt);
  }

  @Override
  public Path partial(CheckpointId id, int attempt) {
    return staging.partial(id, attempt);
  }

  /** On machines that the first rank is not on, nobody else removes what was sent from there. */
  @Override
  public Path join(CheckpointId id, int attempt) throws IOException {
    return lock()
        .holding(
            () -> {
              staging.discardOthers(id);
              return Files.createDirectories(staging.partial(id, attempt));
            });
  }

  @Override
  public void handOver(CheckpointId id, int attempt, int share, Manifest files) throws IOException {
    send(id, staging.partial(id, attempt), names(files));
    bucket.write(receipt(id, attempt, share), files.toJson());
  }

  @Override
  public Optional<Manifest> takeOver(CheckpointId id, int attempt, int share) throws IOException {
    Optional<byte[]> receipt = bucket.read(receipt(id, attempt, share));
    if (receipt.isEmpty()) {
      return Optional.empty();
    }
    Manifest files = Json.MAPPER.readValue(receipt.get(), Manifest.class);
    bucket.delete(receipt(id, attempt, share));
    handedOver.addAll(names(files));
    return Optional.of(files);
  }

  private static List<String> names(Manifest files) {
    return files.files().stream().map(Manifest.Entry::name).toList();
  }

  private String receipt(CheckpointId id, int attempt, int share) {
    return key(".%s.attempt-%d.share-%d.json".formatted(id, attempt, share));
  }

  @Override
  public void verify(CheckpointId id) throws IOException, Manifest.Damage {
    Stored stored = describe(id);
    Manifest.of(stored).requireSizes(stored.sizes());
  }

  /** Of what lies here only the newest stays, from which ranks that die go on. */
  @Override
  public void publish(CheckpointId id, int attempt, Fence fence) throws IOException {
    staging.publish(id, attempt, NO_FENCE);
    send(id, fence);
    for (CheckpointId other : staging.list()) {
      if (!other.equals(id)) {
        staging.remove(other, attempt);
      }
    }
  }

  private void send(CheckpointId id, Fence fence) throws IOException {
    Stored here = staging.describe(id);
    Stored kept = describe(id);
    if (sameManifest(here, kept)) {
      return;
    }
    if (kept.manifest().isPresent()) {
      bucket.delete(key(id, Manifest.FILE));
    }
    send(
        id,
        folder(id),
        here.sizes().keySet().stream()
            .filter(name -> !name.equals(Manifest.FILE) && !handedOver.contains(name))
            .toList());
    fence.run();
    bucket.write(key(id, Manifest.FILE), here.manifest().orElseThrow());
  }

  private void send(CheckpointId id, Path from, List<String> files) throws IOException {
    Parallel.each(
        files, TRANSFERS, file -> bucket.upload(from.resolve(file), key(id, file), bytes -> {}));
  }

  @Override
  public void discard(CheckpointId id, int attempt) throws IOException {
    staging.discard(id, attempt);
  }

  /** Sends what is whole here and newer than all that is whole there. */
  @Override
  public void recover(int attempt) throws IOException {
    staging.recover(attempt);
    Optional<CheckpointId> newestThere = newestWhole(this);
    Optional<CheckpointId> newestHere = newestWhole(staging);
    if (newestHere.isPresent()
        && newestThere.map(there -> newestHere.get().compareTo(there) > 0).orElse(true)) {
      send(newestHere.get(), NO_FENCE);
    }
  }

  private static Optional<CheckpointId> newestWhole(Destination destination) throws IOException {
    for (CheckpointId id : destination.list().stream().sorted(Comparator.reverseOrder()).toList()) {
      Stored stored = destination.describe(id);
      try {
        Manifest.of(stored).requireSizes(stored.sizes());
        return Optional.of(id);
      } catch (Manifest.Damage e) {
        // Passed over, as it will be when one is looked for to go on from.
      }
    }
    return Optional.empty();
  }

  @Override
  public void remove(CheckpointId id, int attempt) throws IOException {
    bucket.delete(key(id, Manifest.FILE));
    Parallel.each(bucket.list(key(id, "")), TRANSFERS, object -> bucket.delete(object.key()));
    if (Files.isDirectory(folder(id))) {
      staging.remove(id, attempt);
    }
  }

  @Override
  public Optional<byte[]> read(String file) throws IOException {
    return bucket.read(key(file));
  }

  @Override
  public void write(String file, byte[] content) throws IOException {
    bucket.write(key(file), content);
  }

  @Override
  public boolean create(String file, byte[] content) throws IOException {
    return bucket.create(key(file), content);
  }

  @Override
  public void deliver(Path local, String name) throws IOException {
    if (!Files.exists(local)) {
      return;
    }
    try (Stream<Path> files = Files.walk(local)) {
      Parallel.each(
          files.filter(Files::isRegularFile).toList(),
          TRANSFERS,
          file -> {
            String below = local.relativize(file).toString();
            bucket.upload(file, key(below.isEmpty() ? name : name + "/" + below), bytes -> {});
          });
    }
  }

  @Override
  public String advice(IOException cause, long bytes) {
    return cause instanceof BucketFault || cause instanceof Transient
        ? "; it is whole in " + staging.name() + " and is sent when the job goes on from there"
        : staging.advice(cause, bytes);
  }

  private String key(CheckpointId id, String file) {
    return key(id + "/" + file);
  }

  private String key(String name) {
    return jobFolder.key() + "/" + name;
  }
}
