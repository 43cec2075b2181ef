package io.litoperator.operator.progress;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Whose status is written next. News goes first, in the order it came; steps and losses wait until
 * their job's interval is over and then go in the order they fell due, so that under load every job
 * waits equally long. A job is written by one patch at a time. No clock and no I/O: for one thread,
 * which brings the time as {@link System#nanoTime} gives it.
 */
final class PatchSchedule {
  private static final Comparator<Slot> BY_TURN =
      Comparator.<Slot>comparingLong(slot -> slot.due).thenComparingLong(slot -> slot.turn);

  private final long interval;
  private final TokenBucket rate;
  private final TokenBucket newsRate;
  private final Map<String, Slot> slots = new HashMap<>();
  private final TreeSet<Slot> waiting = new TreeSet<>(BY_TURN);
  private final TreeSet<Slot> news = new TreeSet<>(BY_TURN);
  private long turns;

  /**
   * @param interval shortest between the ends of two writes of one job, news excepted
   * @param perSecond of all writes that are not news
   * @param newsPerSecond of all writes
   */
  PatchSchedule(Duration interval, double perSecond, double newsPerSecond, long now) {
    this.interval = interval.toNanos();
    this.rate = new TokenBucket(Math.max(1, perSecond), perSecond, now);
    this.newsRate = new TokenBucket(Math.max(1, newsPerSecond), newsPerSecond, now);
  }

  /** A job has something to be written. */
  void offer(String job, boolean isNews, long now) {
    Slot slot = slots.computeIfAbsent(job, key -> new Slot(key, now - interval));
    slot.isOffered = true;
    slot.isNews |= isNews;
    enqueue(slot, now);
  }

  /** The job to be written now, if there is one and the rate allows it; it is then under way. */
  Optional<String> next(long now) {
    TreeSet<Slot> queue = !news.isEmpty() ? news : waiting;
    if (queue.isEmpty() || queue.first().due > now || !takeRate(queue == news, now)) {
      return Optional.empty();
    }
    Slot slot = queue.pollFirst();
    slot.isUnderWay = true;
    slot.isOffered = false;
    slot.isNews = false;
    return Optional.of(slot.job);
  }

  /** When {@link #next} may give a job; empty if nothing waits. */
  Optional<Duration> untilNext(long now) {
    if (!news.isEmpty()) {
      return Optional.of(untilRate(true, now));
    }
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    Duration due = Duration.ofNanos(Math.max(0, waiting.first().due - now));
    Duration allowed = untilRate(false, now);
    return Optional.of(due.compareTo(allowed) > 0 ? due : allowed);
  }

  /** The patch is over, well or badly; what came meanwhile is next. */
  void ended(String job, long now) {
    Slot slot = slots.get(job);
    if (slot != null) {
      slot.isUnderWay = false;
      slot.writtenAt = now;
      if (slot.isOffered) {
        enqueue(slot, now);
      }
    }
  }

  /** Whether the job is neither waiting nor under way. */
  boolean isIdle(String job) {
    Slot slot = slots.get(job);
    return slot == null || !slot.isOffered && !slot.isUnderWay;
  }

  void forget(String job) {
    Slot slot = slots.remove(job);
    if (slot != null) {
      waiting.remove(slot);
      news.remove(slot);
    }
  }

  /** Jobs that wait. */
  int size() {
    return waiting.size() + news.size();
  }

  private void enqueue(Slot slot, long now) {
    if (slot.isUnderWay || news.contains(slot) || waiting.contains(slot) && !slot.isNews) {
      return;
    }
    waiting.remove(slot);
    slot.turn = turns++;
    slot.due = slot.isNews ? now : Math.max(now, slot.writtenAt + interval);
    (slot.isNews ? news : waiting).add(slot);
  }

  private boolean takeRate(boolean isNews, long now) {
    if (!untilRate(isNews, now).isZero()) {
      return false;
    }
    return newsRate.tryTake(now) && (isNews || rate.tryTake(now));
  }

  private Duration untilRate(boolean isNews, long now) {
    Duration all = newsRate.untilNext(now);
    Duration own = isNews ? Duration.ZERO : rate.untilNext(now);
    return all.compareTo(own) > 0 ? all : own;
  }

  /** A job's place. Its turn makes it unlike any other. */
  private static final class Slot {
    final String job;
    long writtenAt;
    long due;
    long turn;
    boolean isOffered;
    boolean isNews;
    boolean isUnderWay;

    Slot(String job, long writtenAt) {
      this.job = job;
      this.writtenAt = writtenAt;
      this.turn = -1;
    }
  }
}
