package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a job's checkpoints are kept: folders of files, each whole once its manifest is there. They
 * are written and read as folders of this machine; what an attempt writes is nobody's before it is
 * published.
 */
interface Destination {
  /** How people find it. */
  String name();

  /** Folder of this machine in which a checkpoint is once it was fetched or published. */
  Path folder(CheckpointId id);

  /** All checkpoints, usable or not. */
  List<CheckpointId> list() throws IOException;

  /** What is kept of a checkpoint, without the content. */
  Stored describe(CheckpointId id) throws IOException;

  /**
   * Brings a checkpoint to {@link #folder}, as it is kept; the caller verifies it.
   *
   * @throws Manifest.Damage if files are missing
   */
  void fetch(CheckpointId id) throws IOException, Manifest.Damage;

  /** Makes {@link #partial}, empty. */
  void begin(CheckpointId id, int attempt) throws IOException;

  /** The folder that the ranks of an attempt fill, once one of them has begun. */
  Path partial(CheckpointId id, int attempt);

  /**
   * Puts what an attempt has written in the place of whatever has that name. Others see all of it
   * or nothing.
   *
   * @param fence called right before others see it; what it throws ends the publication
   */
  void publish(CheckpointId id, int attempt, Runnable fence) throws IOException;

  /** Removes what an attempt has left unfinished of a checkpoint. */
  void discard(CheckpointId id, int attempt) throws IOException;

  /** Removes what an attempt and earlier ones left unfinished, and finishes what can be. */
  void recover(int attempt) throws IOException;

  /** Removes a checkpoint, the manifest first. */
  void remove(CheckpointId id, int attempt) throws IOException;

  /** A small file beside the checkpoints; empty if there is none. */
  Optional<byte[]> read(String file) throws IOException;

  /** Replaces a small file atomically. */
  void write(String file, byte[] content) throws IOException;

  /**
   * What to do about a failure to write, as a clause that follows the cause.
   *
   * @param bytes that were to be written
   */
  String advice(IOException cause, long bytes);

  /**
   * @param manifest content of the manifest; empty if there is none
   * @param sizes of all files, by name
   * @param savedAt when the manifest was written
   */
  record Stored(Optional<byte[]> manifest, Map<String, Long> sizes, Optional<Instant> savedAt) {}
}
