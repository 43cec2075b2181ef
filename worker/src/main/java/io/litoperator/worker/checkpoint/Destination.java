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
   * Brings a checkpoint to {@link #folder}.
   *
   * @return whether all of it was just read and is as it was written
   * @throws Manifest.Damage if it was read and is not
   */
  boolean fetch(CheckpointId id) throws IOException, Manifest.Damage;

  /** Makes {@link #partial}, empty. */
  void begin(CheckpointId id, int attempt) throws IOException;

  /** The folder that the first rank of an attempt fills, once it has begun. */
  Path partial(CheckpointId id, int attempt);

  /** The folder that another rank fills once the first has begun; the same if it sees that one. */
  Path join(CheckpointId id, int attempt) throws IOException;

  /**
   * Hands over to the first rank what another has written to its folder.
   *
   * @param share the rank
   * @param files of the share
   */
  void handOver(CheckpointId id, int attempt, int share, Manifest files) throws IOException;

  /** Takes over a share, once; empty as long as it was not handed over. */
  Optional<Manifest> takeOver(CheckpointId id, int attempt, int share) throws IOException;

  /**
   * Checks a checkpoint where it is kept: by its content, or where that would go over a network by
   * its sizes.
   */
  void verify(CheckpointId id) throws IOException, Manifest.Damage;

  /**
   * Puts what an attempt has written in the place of whatever has that name. Others see all of it
   * or nothing.
   *
   * @param fence called right before others see it; what it throws ends the publication
   */
  void publish(CheckpointId id, int attempt, Fence fence) throws IOException;

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
   * Makes a small file unless it is there; of several that do so at once, one does.
   *
   * @return whether it was made by this call
   */
  boolean create(String file, byte[] content) throws IOException;

  /**
   * Puts a copy of a file or folder of this machine, if there is one, where people look for it,
   * under a name, unless it is where they look already.
   */
  void deliver(Path local, String name) throws IOException;

  /**
   * What to do about a failure to write, as a clause that follows the cause.
   *
   * @param bytes that were to be written
   */
  String advice(IOException cause, long bytes);

  /** Ends what a newer attempt has overtaken. */
  @FunctionalInterface
  interface Fence {
    /**
     * @throws io.litoperator.worker.failure.Failure {@code PEER_LOST} if there is a newer attempt
     */
    void run() throws IOException;
  }

  /**
   * @param manifest content of the manifest; empty if there is none
   * @param sizes of all files, by name
   * @param savedAt when the manifest was written
   */
  record Stored(Optional<byte[]> manifest, Map<String, Long> sizes, Optional<Instant> savedAt) {}
}
