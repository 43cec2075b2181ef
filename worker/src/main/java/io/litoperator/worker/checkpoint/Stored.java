package io.litoperator.worker.checkpoint;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is kept of a checkpoint, without the content.
 *
 * @param manifest content of the manifest; empty if there is none
 * @param sizes of all files, by name
 * @param savedAt when the manifest was written
 */
record Stored(Optional<byte[]> manifest, Map<String, Long> sizes, Optional<Instant> savedAt) {
  static final Stored NOTHING = new Stored(Optional.empty(), Map.of(), Optional.empty());

  /**
   * The manifest, if every file that it names is there in its size.
   *
   * @throws Manifest.Damage if not
   */
  Manifest complete() throws Manifest.Damage {
    Manifest named = Manifest.of(this);
    named.requireSizes(sizes);
    return named;
  }

  boolean isComplete() {
    try {
      complete();
      return true;
    } catch (Manifest.Damage e) {
      return false;
    }
  }

  boolean hasManifestOf(Stored other) {
    return manifest.isPresent()
        && other.manifest.isPresent()
        && Arrays.equals(manifest.get(), other.manifest.get());
  }

  /** After this was written over another. */
  Stored over(Stored before) {
    Map<String, Long> all = new TreeMap<>(before.sizes);
    all.putAll(sizes);
    return new Stored(manifest, all, savedAt);
  }
}
