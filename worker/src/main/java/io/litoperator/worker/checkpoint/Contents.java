package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.util.List;

/** What there is of checkpoints, usable or not. */
interface Contents {
  /** In no order. */
  List<CheckpointId> list() throws IOException;

  /** {@link Stored#NOTHING} if there is no such checkpoint. */
  Stored describe(CheckpointId id) throws IOException;
}
