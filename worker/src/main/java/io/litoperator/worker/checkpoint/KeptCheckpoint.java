package io.litoperator.worker.checkpoint;

import io.litoperator.worker.digest.Sha256;
import java.time.Instant;

/**
 * A complete checkpoint as it is kept.
 *
 * @param name how people find it
 * @param bytes of all its files but the manifest
 * @param digest SHA-256 of its manifest, in hexadecimal
 * @param savedAt when it was complete
 */
public record KeptCheckpoint(
    CheckpointId id, String name, long bytes, String digest, Instant savedAt) {

  /**
   * @throws Manifest.Damage if it is not complete
   */
  static KeptCheckpoint of(CheckpointId id, String name, Stored stored) throws Manifest.Damage {
    Manifest manifest = stored.complete();
    return new KeptCheckpoint(
        id,
        name,
        manifest.bytes(),
        Sha256.of(manifest.toJson()),
        stored.savedAt().orElse(Instant.EPOCH));
  }
}
