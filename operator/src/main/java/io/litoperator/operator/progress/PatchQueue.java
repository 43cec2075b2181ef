package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.JobLog;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what was accepted into the jobs' statuses, at the pace of {@link PatchSchedule}. */
final class PatchQueue {
  private static final Logger log = LoggerFactory.getLogger(PatchQueue.class);

  private final Vertx vertx;
  private final Accounts accounts;
  private final PatchSchedule schedule;
  private final int concurrency;
  private final JobView jobs;
  private final StatusWriter writer;
  private final Offload offload;
  private final Reported reported;
  private final LongSupplier nanoTime;
  private final ProgressMeters meters;
  private int underWay;
  private boolean isTimerSet;

  PatchQueue(
      Vertx vertx,
      Accounts accounts,
      ProgressSettings.Patches settings,
      JobView jobs,
      StatusWriter writer,
      Offload offload,
      Reported reported,
      LongSupplier nanoTime,
      ProgressMeters meters) {
    this.vertx = vertx;
    this.accounts = accounts;
    this.concurrency = settings.concurrency();
    this.schedule =
        new PatchSchedule(
            settings.interval(),
            settings.perSecond(),
            settings.newsPerSecond(),
            nanoTime.getAsLong());
    this.jobs = jobs;
    this.writer = writer;
    this.offload = offload;
    this.reported = reported;
    this.nanoTime = nanoTime;
    this.meters = meters;
    meters.queue(schedule::size);
  }

  /** The account has something to be written. */
  void offer(Accounts.Account account, boolean isNews) {
    if (!schedule.isIdle(account.jobUid)) {
      meters.coalesced();
    }
    schedule.offer(account.jobUid, isNews, nanoTime.getAsLong());
    pump();
  }

  void forget(String jobUid) {
    schedule.forget(jobUid);
    accounts.forget(jobUid);
  }

  private void pump() {
    while (underWay < concurrency) {
      Optional<String> next = schedule.next(nanoTime.getAsLong());
      if (next.isEmpty()) {
        break;
      }
      accounts.find(next.get()).ifPresent(this::write);
    }
    if (underWay < concurrency && !isTimerSet) {
      schedule.untilNext(nanoTime.getAsLong()).ifPresent(this::pumpAfter);
    }
  }

  /** A timer that fires early finds nothing due and sets the next one. */
  private void pumpAfter(Duration delay) {
    isTimerSet = true;
    vertx.setTimer(
        Math.max(1, delay.toMillis()),
        timer -> {
          isTimerSet = false;
          pump();
        });
  }

  private void write(Accounts.Account account) {
    Optional<LitTrainingJob> job = current(account);
    if (job.isEmpty()) {
      forget(account.jobUid);
      return;
    }
    ProgressStatus before = account.written();
    ProgressStatus status = account.newest(job.get());
    if (!account.isWaiting()) {
      schedule.ended(account.jobUid, nanoTime.getAsLong());
      return;
    }
    long since = account.waitsSince();
    underWay++;
    offload
        .call(() -> writer.write(account.job, account.jobUid, status))
        .onComplete(
            result -> {
              underWay--;
              schedule.ended(account.jobUid, nanoTime.getAsLong());
              Duration delay = Duration.ofNanos(nanoTime.getAsLong() - since);
              if (result.failed()) {
                JobLog.with(job.get(), () -> failed(account, result.cause(), delay));
              } else if (Boolean.TRUE.equals(result.result())) {
                wrote(account, before, status, delay);
              } else {
                meters.patched("gone", delay);
                forget(account.jobUid);
              }
              pump();
            });
  }

  private Optional<LitTrainingJob> current(Accounts.Account account) {
    return jobs.ready()
        ? jobs.job(account.job.namespace(), account.job.name())
            .filter(job -> account.jobUid.equals(job.getMetadata().getUid()))
        : Optional.empty();
  }

  private void wrote(
      Accounts.Account account, ProgressStatus before, ProgressStatus status, Duration delay) {
    meters.patched("written", delay);
    account.wrote(status);
    if (status.isNewsAfter(before)) {
      reported.reported(account.job.namespace(), account.job.name());
    }
  }

  /** Once more after the job's interval, with whatever is newest then. */
  private void failed(Accounts.Account account, Throwable cause, Duration delay) {
    meters.patched("failed", delay);
    log.warn("What was reported could not be written: {}", cause.getMessage());
    if (accounts.find(account.jobUid).isPresent()) {
      schedule.offer(account.jobUid, false, nanoTime.getAsLong());
    }
  }
}
