package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Looks through a destination's checkpoints in the order of training.
 *
 * @param destination as people find it
 */
record Catalog(String destination, Contents contents) {
  /** All, usable or not. */
  List<CheckpointId> newestFirst() {
    try {
      return contents.list().stream().sorted(Comparator.reverseOrder()).toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Whether a checkpoint is sound. */
  interface Check {
    void of(CheckpointId id) throws IOException, Manifest.Damage;
  }

  /**
   * The newest that passes a check.
   *
   * @param notices told, in a sentence each, which newer ones do not and why
   */
  Optional<CheckpointId> newest(Check check, Consumer<String> notices) {
    return newest(id -> true, check, notices);
  }

  /**
   * @param which are looked at
   */
  Optional<CheckpointId> newest(
      Predicate<CheckpointId> which, Check check, Consumer<String> notices) {
    for (CheckpointId id : newestFirst().stream().filter(which).toList()) {
      try {
        check.of(id);
        return Optional.of(id);
      } catch (IOException e) {
        throw unreadable(e);
      } catch (Manifest.Damage e) {
        notices.accept(
            "Checkpoint %s is damaged and passed over: %s.".formatted(name(id), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** Those whose files are there in their sizes, oldest first. */
  List<KeptCheckpoint> complete() {
    return newestFirst().stream().sorted().flatMap(id -> complete(id).stream()).toList();
  }

  /** A checkpoint whose files are there in their sizes; empty if it is not, or being removed. */
  Optional<KeptCheckpoint> complete(CheckpointId id) {
    try {
      return Optional.of(KeptCheckpoint.of(id, name(id), contents.describe(id)));
    } catch (Manifest.Damage e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** How people find a checkpoint. */
  String name(CheckpointId id) {
    return destination + "/" + id;
  }

  private Failure unreadable(IOException e) {
    return StorageFailure.of(destination, "cannot be read", e);
  }
}
