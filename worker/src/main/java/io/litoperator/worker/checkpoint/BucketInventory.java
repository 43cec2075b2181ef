package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an attempt knows to be in its job's folder of a bucket, where nobody else writes: it asks
 * once, and then keeps account of what it sends and removes. What somebody removes meanwhile counts
 * as there until the next attempt asks. For use by one thread.
 */
final class BucketInventory implements Contents {
  private final BucketCheckpoints bucket;
  private final Map<CheckpointId, Stored> described = new HashMap<>();
  private Optional<Set<CheckpointId>> listed = Optional.empty();

  BucketInventory(BucketCheckpoints bucket) {
    this.bucket = bucket;
  }

  @Override
  public List<CheckpointId> list() throws IOException {
    return List.copyOf(ids());
  }

  private Set<CheckpointId> ids() throws IOException {
    if (listed.isEmpty()) {
      listed = Optional.of(new TreeSet<>(bucket.list()));
    }
    return listed.get();
  }

  @Override
  public Stored describe(CheckpointId id) throws IOException {
    if (!ids().contains(id)) {
      return Stored.NOTHING;
    }
    if (!described.containsKey(id)) {
      described.put(id, bucket.describe(id));
    }
    return described.get(id);
  }

  /** Enters what is there now. */
  void put(CheckpointId id, Stored stored) throws IOException {
    ids().add(id);
    described.put(id, stored);
  }

  /** Strikes out what is about to change, and tells what it was. */
  Stored take(CheckpointId id) throws IOException {
    Stored stored = describe(id);
    ids().remove(id);
    described.remove(id);
    return stored;
  }
}
