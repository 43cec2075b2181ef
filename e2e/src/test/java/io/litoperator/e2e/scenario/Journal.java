package io.litoperator.e2e.scenario;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** What was seen, in order, with the time at which it was seen; those who wait are woken. */
final class Journal<T> {
  private final String name;
  private final Function<T, String> gist;
  private final List<Entry<T>> entries = new ArrayList<>();

  /**
   * @param name what the entries are, for messages
   * @param gist what a message tells of an entry
   */
  Journal(String name, Function<T, String> gist) {
    this.name = name;
    this.gist = gist;
  }

  record Entry<T>(Instant at, T what) {}

  synchronized void add(T what) {
    entries.add(new Entry<>(Instant.now(), what));
    notifyAll();
  }

  synchronized List<Entry<T>> entries() {
    return List.copyOf(entries);
  }

  /** How many there are: a place to wait from. */
  synchronized int size() {
    return entries.size();
  }

  /** The newest. */
  synchronized T newest() {
    if (entries.isEmpty()) {
      throw new AssertionError("No " + name + " yet.");
    }
    return entries.get(entries.size() - 1).what();
  }

  /**
   * The first entry that fits; waits for it.
   *
   * @param from place of the first entry to look at
   * @param what is waited for, for the message
   * @throws AssertionError with the newest entry, where none fits in time
   */
  synchronized Entry<T> await(int from, String what, Duration limit, Predicate<T> fits) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (int next = from; ; next++) {
      while (next >= entries.size()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError(
              "%s: not %s within %d s; newest: %s"
                  .formatted(
                      name,
                      what,
                      limit.toSeconds(),
                      entries.isEmpty()
                          ? "none"
                          : gist.apply(entries.get(entries.size() - 1).what())));
        }
        waitFor(left);
      }
      if (fits.test(entries.get(next).what())) {
        return entries.get(next);
      }
    }
  }

  private void waitFor(long milliseconds) {
    try {
      wait(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while waiting for " + name + ".", e);
    }
  }
}
