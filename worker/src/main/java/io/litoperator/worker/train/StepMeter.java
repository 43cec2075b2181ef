package io.litoperator.worker.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** Rates over the most recent steps, and the time left at that rate. */
final class StepMeter {
  private static final int WINDOW = 20;

  private final Deque<Mark> marks = new ArrayDeque<>();

  private long skipped;

  private record Mark(long nanos, double samples, double rows, double flops) {}

  StepMeter(long nanos) {
    marks.add(new Mark(nanos, 0, 0, 0));
  }

  /** A step ended, with so many samples, rows and operations. */
  void add(long nanos, double samples, double rows, double flops) {
    Mark last = marks.getLast();
    marks.add(
        new Mark(nanos - skipped, last.samples + samples, last.rows + rows, last.flops + flops));
    if (marks.size() > WINDOW + 1) {
      marks.removeFirst();
    }
  }

  /** Something else than steps took so long. */
  void skip(long nanos) {
    skipped += nanos;
  }

  double samplesPerSecond() {
    return (marks.getLast().samples - marks.getFirst().samples) / seconds();
  }

  double rowsPerSecond() {
    return (marks.getLast().rows - marks.getFirst().rows) / seconds();
  }

  double flopsPerSecond() {
    return (marks.getLast().flops - marks.getFirst().flops) / seconds();
  }

  double secondsFor(long steps) {
    return steps * seconds() / Math.max(1, marks.size() - 1);
  }

  private double seconds() {
    return Math.max(1, marks.getLast().nanos - marks.getFirst().nanos) * 1e-9;
  }
}
