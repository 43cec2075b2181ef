package io.litoperator.operator.progress;

import java.time.Instant;
import java.util.Optional;

/**
 * When coordinators were last heard of. Under load a status says so only after its turn; before a
 * job is taken for hung, this is to be asked as well.
 */
@FunctionalInterface
public interface Heartbeats {
  /**
   * When this process last accepted a report of that job; empty if it never has. Any thread may
   * ask.
   *
   * @param jobUid of the job, not of a Pod
   */
  Optional<Instant> lastHeard(String jobUid);
}
