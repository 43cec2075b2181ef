package io.litoperator.worker.distributed.agent;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What has been asked of a run from outside. A first signal asks for a checkpoint and this agent's
 * end, a second one for its end at once. The operator may ask the same of all agents.
 */
final class StopRequests {
  private final AtomicInteger signals = new AtomicInteger();
  private volatile boolean stopsAll;
  private volatile boolean abortsAll;

  void signal() {
    signals.incrementAndGet();
  }

  void stopAll() {
    stopsAll = true;
  }

  void abortAll() {
    abortsAll = true;
  }

  boolean any() {
    return signals.get() > 0 || ofAll();
  }

  boolean atOnce() {
    return signals.get() > 1 || abortsAll;
  }

  /** Whether all agents are to exit, and not only this one. */
  boolean ofAll() {
    return stopsAll || abortsAll;
  }
}
