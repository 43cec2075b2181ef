package io.litoperator.worker.report;

/** Receives a run's events, in order. */
@FunctionalInterface
public interface Listener {
  void on(Event event);
}
