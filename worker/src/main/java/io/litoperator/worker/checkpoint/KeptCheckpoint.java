package io.litoperator.worker.checkpoint;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A complete checkpoint as it lies on disk.
 *
 * @param bytes of all its files but the manifest
 * @param digest SHA-256 of its manifest, in hexadecimal
 * @param savedAt when it was complete
 */
public record KeptCheckpoint(
    CheckpointId id, Path folder, long bytes, String digest, Instant savedAt) {}
