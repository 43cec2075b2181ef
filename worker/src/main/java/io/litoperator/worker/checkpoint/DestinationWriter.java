package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes and removes checkpoints at a destination for one attempt. They are written as folders of
 * this machine, and are nobody's before they are published.
 */
interface DestinationWriter extends Contents {
  /** Makes {@link #partial}, empty. */
  void begin(CheckpointId id) throws IOException;

  /** The folder that the first rank fills, once it has begun. */
  Path partial(CheckpointId id);

  /** The folder that another rank fills once the first has begun; the same if it sees that one. */
  Path join(CheckpointId id) throws IOException;

  /**
   * Hands over to the first rank what another has written to its folder.
   *
   * @param share the rank
   * @param files of the share
   * @param fence called before anything changes that earlier or later attempts write too; what it
   *     throws ends the handing over
   */
  void handOver(CheckpointId id, int share, Manifest files, Fence fence) throws IOException;

  /** Takes over a share, once; empty as long as it was not handed over. */
  Optional<Manifest> takeOver(CheckpointId id, int share) throws IOException;

  /**
   * Puts what was written in the place of whatever has that name. Others see all of it or nothing.
   *
   * @param fence called right before others see it; what it throws ends the publication
   */
  void publish(CheckpointId id, Fence fence) throws IOException;

  /** Removes what this attempt has left unfinished of a checkpoint. */
  void discard(CheckpointId id) throws IOException;

  /**
   * Removes what this attempt and earlier ones left unfinished, and finishes what can be.
   *
   * @param fence as of {@link #publish}
   * @param notices told in a sentence each what cannot be finished
   */
  void recover(Fence fence, Consumer<String> notices) throws IOException;

  /**
   * Checks a checkpoint where it is kept: by its content, or where that would go over a network by
   * its sizes.
   */
  void verify(CheckpointId id) throws IOException, Manifest.Damage;

  /** Removes a checkpoint, the manifest first. */
  void remove(CheckpointId id) throws IOException;

  /**
   * What to do about a failure to write, as a clause that follows the cause.
   *
   * @param id of what was to be written
   * @param bytes that were to be written
   */
  String advice(CheckpointId id, IOException cause, long bytes);
}
