package io.litoperator.worker.distributed.agent;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What a rank tells of the checkpoint that it writes, as the supervising thread knows it. */
final class SavingRank {
  private final LongSupplier nanoTime;
  private Optional<String> checkpoint = Optional.empty();
  private Optional<RankMessage.Moved> last = Optional.empty();
  private long newsNanos;

  SavingRank(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    newsNanos = nanoTime.getAsLong();
  }

  void hear(RankMessage.Saving saving) {
    checkpoint = saving.checkpoint();
    last = Optional.empty();
    newsNanos = nanoTime.getAsLong();
  }

  void hear(RankMessage.Moved moved) {
    if (moved.done() > 0) {
      last = Optional.of(moved);
    }
    newsNanos = nanoTime.getAsLong();
  }

  boolean isUnderWay() {
    return checkpoint.isPresent();
  }

  /** How long nothing has moved, begun or ended. */
  Duration stillness() {
    return Duration.ofNanos(nanoTime.getAsLong() - newsNanos);
  }

  /** What is written, and where. */
  String checkpoint() {
    return checkpoint.orElseThrow();
  }

  /** How far the rank said that it was, as a clause. */
  String progress() {
    return last.map(SavingRank::describe).orElse("it has told of nothing yet");
  }

  /** Bytes, or a deed, of which there is one. */
  private static String describe(RankMessage.Moved moved) {
    return moved.total() == 1
        ? "the last that it told was " + moved.what()
        : String.format(
            Locale.ROOT,
            "the last that it told was %s, %.1f of %.1f MB",
            moved.what(),
            moved.done() * 1e-6,
            moved.total() * 1e-6);
  }
}
