package io.litoperator.worker.report;

import java.util.List;

/** Tells several listeners the same events. */
public final class Listeners implements Listener {
  private final List<Listener> listeners;

  private Listeners(List<Listener> listeners) {
    this.listeners = listeners;
  }

  /** Tells each of {@code listeners} in turn; may be called from several threads. */
  public static Listener of(Listener... listeners) {
    return new Listeners(List.of(listeners));
  }

  @Override
  public synchronized void on(Event event) {
    listeners.forEach(listener -> listener.on(event));
  }
}
