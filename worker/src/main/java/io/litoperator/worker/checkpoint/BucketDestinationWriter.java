package io.litoperator.worker.checkpoint;

import io.litoperator.worker.s3.BucketFault;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** To a bucket, by way of the folder in front of it. */
final class BucketDestinationWriter implements DestinationWriter {
  private final BucketDestination destination;
  private final FileDestination here;
  private final FileDestinationWriter staging;
  private final BucketCheckpoints bucket;
  private final BucketInventory inventory;
  private final BucketFiles receipts;
  private final int attempt;

  /** Files of the checkpoint under way that other ranks have sent. */
  private final Set<String> handedOver = ConcurrentHashMap.newKeySet();

  BucketDestinationWriter(BucketDestination destination, int attempt) {
    this.destination = destination;
    this.attempt = attempt;
    here = destination.staging();
    staging = here.writer(attempt);
    bucket = destination.checkpoints();
    inventory = new BucketInventory(bucket);
    receipts = destination.files();
  }

  @Override
  public List<CheckpointId> list() throws IOException {
    return inventory.list();
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    return inventory.describe(id);
  }

  @Override
  public void begin(CheckpointId id) throws IOException {
    handedOver.clear();
    staging.begin(id);
  }

  @Override
  public Path partial(CheckpointId id) {
    return staging.partial(id);
  }

  /** On machines that the first rank is not on, nobody else removes what was sent from there. */
  @Override
  public Path join(CheckpointId id) throws IOException {
    return destination
        .lock()
        .holding(
            () -> {
              staging.discardOthers(id);
              return Files.createDirectories(staging.partial(id));
            });
  }

  /** Files go where those of an earlier version are, so its manifest goes before. */
  @Override
  public void handOver(CheckpointId id, int share, Manifest files, Fence fence) throws IOException {
    fence.run();
    bucket.removeManifest(id);
    bucket.send(id, partial(id), names(files));
    receipts.write(receipt(id, share), files.toJson());
  }

  @Override
  public Optional<Manifest> takeOver(CheckpointId id, int share) throws IOException {
    Optional<byte[]> receipt = receipts.read(receipt(id, share));
    if (receipt.isEmpty()) {
      return Optional.empty();
    }
    Manifest files = Json.MAPPER.readValue(receipt.get(), Manifest.class);
    receipts.delete(receipt(id, share));
    handedOver.addAll(names(files));
    return Optional.of(files);
  }

  private static List<String> names(Manifest files) {
    return files.files().stream().map(Manifest.Entry::name).toList();
  }

  private String receipt(CheckpointId id, int share) {
    return ".%s.attempt-%d.share-%d.json".formatted(id, attempt, share);
  }

  /** Of what lies here only the newest stays, from which ranks that die go on. */
  @Override
  public void publish(CheckpointId id, Fence fence) throws IOException {
    staging.publish(id, BucketDestination.NO_FENCE);
    send(id, handedOver, fence);
    for (CheckpointId other : here.list()) {
      if (!other.equals(id)) {
        staging.remove(other);
      }
    }
  }

  /**
   * The manifest goes before the files do, whether or not there is known to be one: no moment may
   * have files of two versions and a manifest.
   *
   * @param others files that are there already, and need not be here
   */
  private void send(CheckpointId id, Set<String> others, Fence fence) throws IOException {
    Stored sent = whole(id);
    Stored before = inventory.take(id);
    if (!isThere(id, sent, before)) {
      fence.run();
      bucket.removeManifest(id);
      bucket.send(
          id,
          destination.folder(id),
          sent.sizes().keySet().stream()
              .filter(name -> !name.equals(Manifest.FILE) && !others.contains(name))
              .toList());
      fence.run();
      bucket.sendManifest(id, sent.manifest().orElseThrow());
    }
    inventory.put(id, sent.over(before));
  }

  /** As the manifest tells it: of files that other machines have sent, nothing else here does. */
  private Stored whole(CheckpointId id) throws IOException {
    Stored written = here.describe(id);
    Map<String, Long> sizes = new TreeMap<>();
    try {
      Manifest.of(written).files().forEach(file -> sizes.put(file.name(), file.size()));
    } catch (Manifest.Damage e) {
      throw new IOException(here.folder(id) + ": " + e.getMessage(), e);
    }
    sizes.put(Manifest.FILE, (long) written.manifest().orElseThrow().length);
    return new Stored(written.manifest(), sizes, written.savedAt());
  }

  /** What is thought to be there is looked at: somebody may have removed a part of it. */
  private boolean isThere(CheckpointId id, Stored sent, Stored before) throws IOException {
    if (!sent.hasManifestOf(before)) {
      return false;
    }
    Stored kept = bucket.describe(id);
    return sent.hasManifestOf(kept) && kept.isComplete();
  }

  @Override
  public void discard(CheckpointId id) throws IOException {
    staging.discard(id);
  }

  /** Sends the newest that is sound here and newer than all that is whole there. */
  @Override
  public void recover(Fence fence, Consumer<String> notices) throws IOException {
    staging.recover(fence, notices);
    Optional<CheckpointId> there = newestComplete();
    Optional<CheckpointId> sound =
        new Catalog(here.name(), here)
            .newest(
                id -> there.map(sent -> id.compareTo(sent) > 0).orElse(true),
                here::fetchVerified,
                notices);
    if (sound.isPresent()) {
      send(sound.get(), Set.of(), fence);
    }
  }

  private Optional<CheckpointId> newestComplete() throws IOException {
    for (CheckpointId id : list().stream().sorted(Comparator.reverseOrder()).toList()) {
      if (describe(id).isComplete()) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  @Override
  public void verify(CheckpointId id) throws IOException, Manifest.Damage {
    describe(id).complete();
  }

  @Override
  public void remove(CheckpointId id) throws IOException {
    bucket.remove(id, inventory.take(id).sizes().keySet());
    if (Files.isDirectory(destination.folder(id))) {
      staging.remove(id);
    }
  }

  @Override
  public String advice(CheckpointId id, IOException cause, long bytes) {
    if (!(cause instanceof BucketFault || cause instanceof Transient)) {
      return staging.advice(id, cause, bytes);
    }
    return isWholeHere(id)
        ? "; it is whole in " + here.name() + " and is sent when the job goes on from there"
        : "; no machine has all of it, so the job goes on from the one before";
  }

  /** Not, where ranks of several machines write it: each machine has their files. */
  private boolean isWholeHere(CheckpointId id) {
    try {
      return here.describe(id).isComplete();
    } catch (IOException e) {
      return false;
    }
  }
}
