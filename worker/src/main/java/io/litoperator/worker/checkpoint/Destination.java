package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a job's checkpoints are kept: folders of files, each whole once its manifest is there. They
 * are read as folders of this machine.
 */
interface Destination extends Contents {
  /** How people find it. */
  String name();

  /** Folder of this machine in which a checkpoint is once it was fetched or published. */
  Path folder(CheckpointId id);

  /**
   * Brings a checkpoint to {@link #folder}; one that is there in its sizes is not read again.
   *
   * @throws Manifest.Damage if it was read and is not as it was written
   */
  void fetch(CheckpointId id) throws IOException, Manifest.Damage;

  /**
   * Brings a checkpoint to {@link #folder}, of which then every byte is as it was written.
   *
   * @throws Manifest.Damage if it is damaged where it is kept
   */
  void fetchVerified(CheckpointId id) throws IOException, Manifest.Damage;

  /** Small files beside the checkpoints. */
  SmallFiles files();

  /** What an attempt writes here. */
  DestinationWriter writer(int attempt);
}
