package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.Directive;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Tells the operator how the run goes: every ten seconds, and at once when something important
 * changes. A report holds all there is to know, so that only the newest is ever sent. Reports are
 * sent on a thread of their own; whoever tells of events never waits.
 */
public final class Reporter implements Listener, GangEvent.Watcher, AutoCloseable {
  /** Digits behind the point of a score. */
  private static final int SCORE_SCALE = 6;

  private final ReportFold fold;
  private final Optional<OperatorClient> operator;
  private final Consumer<Wish> wishes;
  private final Consumer<String> log;
  private final Timing timing;
  private final Thread thread = new Thread(this::sendAll, "reporter");

  private GangState state;
  private GangState lastTaken;
  private long sequence;
  private String trouble = "";
  private boolean over;
  private boolean closed;

  /** What the operator wants, other than to go on. */
  public enum Wish {
    CHECKPOINT_AND_STOP,
    ABORT,
    /** This node's agent ends; the others await its successor. */
    LEAVE
  }

  /** Where reports go. */
  public record Endpoint(URI url, Path token, Path certificates) {}

  /**
   * @param interval between reports
   * @param gap shortest time between reports, whatever happens
   * @param firstBackoff after a report that was not taken; doubled up to the interval
   */
  record Timing(Duration interval, Duration gap, Duration firstBackoff) {
    static final Timing STANDARD =
        new Timing(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(1));
  }

  /**
   * What an earlier coordinator of the job has left.
   *
   * @param checkpoints at most {@link ProgressReport#MAX_CHECKPOINTS}
   * @param bestCheckpoint one of them; null if none has a score
   */
  public record Inheritance(
      List<SavedCheckpoint> checkpoints, String bestCheckpoint, List<Evaluation> evaluations) {
    public static final Inheritance NONE = new Inheritance(List.of(), null, List.of());
  }

  /**
   * @param attempt that this Pod was made for
   * @param endpoint absent: all is gathered and nothing sent
   * @param wishes told what the operator wants, on the reporter's thread, as often as it says so
   * @param log told in sentences when the operator cannot be reached, and when it can again
   */
  public Reporter(
      ReportedJob job,
      int attempt,
      Inheritance inheritance,
      Optional<Endpoint> endpoint,
      Consumer<Wish> wishes,
      Consumer<String> log) {
    this(job, attempt, inheritance, endpoint, wishes, log, Timing.STANDARD);
  }

  Reporter(
      ReportedJob job,
      int attempt,
      Inheritance inheritance,
      Optional<Endpoint> endpoint,
      Consumer<Wish> wishes,
      Consumer<String> log,
      Timing timing) {
    this.fold = new ReportFold(job);
    this.operator = endpoint.map(at -> new OperatorClient(at.url(), at.token(), at.certificates()));
    this.wishes = wishes;
    this.log = log;
    this.timing = timing;
    state = GangState.initial(attempt, inheritance);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void on(Event event) {
    change(before -> fold.after(before, event, Instant.now()));
  }

  @Override
  public void on(GangEvent event) {
    change(before -> fold.after(before, event, Instant.now()));
  }

  private synchronized void change(UnaryOperator<GangState> step) {
    state = step.apply(state);
    notifyAll();
  }

  /** A score as it is reported. */
  public static String decimal(double score) {
    return BigDecimal.valueOf(score)
        .setScale(SCORE_SCALE, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** What would be reported now. */
  public synchronized ProgressReport report() {
    return state.report(sequence + 1);
  }

  public synchronized Optional<LastFailure> lastFailure() {
    return Optional.ofNullable(state.lastFailure());
  }

  /**
   * Reports the end and returns when the operator knows of it, or has not been heard of for long
   * enough.
   *
   * @param patience longest wait
   * @return whether the operator knows
   */
  public synchronized boolean end(ExitCode code, Duration patience) {
    state = fold.ended(state, code);
    over = true;
    notifyAll();
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (operator.isPresent() && !closed && lastTaken != state) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return lastTaken == state;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void sendAll() {
    if (operator.isEmpty()) {
      return;
    }
    try {
      Duration backoff = timing.firstBackoff();
      Duration pause = Duration.ZERO;
      while (awaitDue(pause)) {
        GangState sent = current();
        Outcome outcome = operator.get().post(sent.report(next()));
        if (outcome instanceof Outcome.NotTaken refused) {
          pause = longer(refused.retryAfter(), backoff);
          backoff = shorter(backoff.multipliedBy(2), timing.interval());
        } else {
          pause = timing.gap();
          backoff = timing.firstBackoff();
        }
        deal(outcome, sent);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deal(Outcome outcome, GangState sent) {
    if (outcome instanceof Outcome.Taken taken) {
      taken(sent);
      logOnce(trouble.isEmpty() ? "" : "The operator takes reports again.");
      trouble = "";
      if (taken.reply().directive() == Directive.CHECKPOINT_AND_STOP) {
        wishes.accept(Wish.CHECKPOINT_AND_STOP);
      } else if (taken.reply().directive() == Directive.ABORT) {
        wishes.accept(Wish.ABORT);
      }
    } else if (outcome instanceof Outcome.Superseded superseded) {
      log.accept("The operator counts on another Pod: " + superseded.sentence());
      taken(sent);
      wishes.accept(Wish.LEAVE);
    } else if (outcome instanceof Outcome.NotTaken refused) {
      logOnce(refused.sentence());
      trouble = refused.sentence();
    }
  }

  private void logOnce(String sentence) {
    if (!sentence.isEmpty() && !sentence.equals(trouble)) {
      log.accept(sentence);
    }
  }

  private synchronized void taken(GangState sent) {
    lastTaken = sent;
    notifyAll();
  }

  private synchronized GangState current() {
    return state;
  }

  private synchronized long next() {
    return ++sequence;
  }

  /**
   * Waits for the pause, and then for the interval or for something important.
   *
   * @return whether there is more to report
   */
  private synchronized boolean awaitDue(Duration pause) throws InterruptedException {
    long start = System.nanoTime();
    while (!closed) {
      Duration passed = Duration.ofNanos(System.nanoTime() - start);
      Duration wanted = isUrgent() ? pause : longer(pause, timing.interval());
      if (passed.compareTo(wanted) >= 0) {
        return true;
      }
      wait(Math.max(1, wanted.minus(passed).toMillis()));
    }
    return false;
  }

  private boolean isUrgent() {
    return lastTaken == null || state.differsMuchFrom(lastTaken) || over && lastTaken != state;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
