package io.litoperator.worker.train;

import io.litoperator.worker.report.ChromeTrace;
import io.litoperator.worker.report.Event;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where a step's time goes, as the thread that trains sees it: what is done within something else
 * counts for itself alone. Sums that travel while it computes cost it nothing; waiting for them is
 * communication. On a GPU, which computes later than it is told to, these are the times of telling,
 * until the thread waits for it.
 */
final class StepClock {
  /** What the thread is at. */
  enum Phase {
    DATA,
    FORWARD,
    BACKWARD,
    COMMUNICATION,
    OPTIMIZER,
    /** Waiting for it. */
    DEVICE,
    /** A step, beside all these. */
    STEP,
    /** Not a step. */
    OTHER
  }

  private final LongSupplier nanoTime;
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private Optional<ChromeTrace> trace = Optional.empty();
  private Phase current = Phase.OTHER;
  private long since;

  StepClock() {
    this(System::nanoTime);
  }

  StepClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    since = nanoTime.getAsLong();
  }

  /** From now on, what is timed is drawn too; or no more. */
  void trace(Optional<ChromeTrace> into) {
    trace = into;
  }

  void time(Phase phase, String what, Runnable work) {
    time(
        phase,
        what,
        () -> {
          work.run();
          return null;
        });
  }

  /**
   * @param what for the drawing, such as a block's name
   */
  <T> T time(Phase phase, String what, Supplier<T> work) {
    Phase outer = enter(phase);
    long start = since;
    try {
      return work.get();
    } finally {
      enter(outer);
      long end = since;
      trace.ifPresent(t -> t.span(what, phase.name().toLowerCase(Locale.ROOT), start, end));
    }
  }

  private Phase enter(Phase phase) {
    long now = nanoTime.getAsLong();
    nanos.merge(current, now - since, Long::sum);
    Phase before = current;
    current = phase;
    since = now;
    return before;
  }

  /** The times since this was last asked. */
  Event.Times take() {
    enter(current);
    Event.Times times =
        new Event.Times(
            seconds(Phase.DATA),
            seconds(Phase.FORWARD),
            seconds(Phase.BACKWARD),
            seconds(Phase.COMMUNICATION),
            seconds(Phase.OPTIMIZER),
            seconds(Phase.DEVICE),
            seconds(Phase.STEP));
    nanos.clear();
    return times;
  }

  private double seconds(Phase phase) {
    return nanos.getOrDefault(phase, 0L) * 1e-9;
  }
}
