package io.litoperator.worker.report;

/** Receives a run's events, in order, one at a time. */
@FunctionalInterface
public interface Listener {
  void on(Event event);
}
