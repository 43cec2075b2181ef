package io.litoperator.worker.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that was written.
 *
 * @param folder of this machine
 * @param name how people find it
 * @param bytes of all its files but the manifest
 * @param digest SHA-256 of its manifest, and so of all its content, in hexadecimal
 * @param seconds from the start of writing until others see it
 */
public record Saved(
    CheckpointId id, Path folder, String name, long bytes, String digest, double seconds) {}
