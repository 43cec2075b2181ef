package io.litoperator.worker.distributed.agent;

import java.util.List;
import java.util.Optional;

/**
 * What the agent publishes once all ranks are there.
 *
 * @param attempt counts from 1
 * @param holder who supervises the attempt, and has claimed it: the coordinator's Pod, or start
 * @param ring where each rank listens for the previous one, as {@code address:port}, in the order
 *     of ranks
 * @param resume the checkpoint to start from, in the words of whoever supplied it; absent: the
 *     beginning
 */
public record World(int attempt, String holder, List<String> ring, Optional<String> resume) {
  public World {
    ring = List.copyOf(ring);
  }
}
