package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** What has been accepted and what of it is written, of every job that reports. For one thread. */
final class Accounts {
  private final ProgressSettings.Reports limits;
  private final LongSupplier nanoTime;
  private final Map<String, Account> accounts = new HashMap<>();

  Accounts(ProgressSettings.Reports limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
  }

  /** The job's account; a new one begins with what the status says. */
  Account of(LitTrainingJob job) {
    return accounts.computeIfAbsent(
        job.getMetadata().getUid(),
        uid ->
            new Account(
                uid,
                JobName.of(job),
                ProgressStatus.of(job.getStatus()),
                new TokenBucket(limits.burst(), limits.perSecond(), nanoTime.getAsLong())));
  }

  Optional<Account> find(String jobUid) {
    return Optional.ofNullable(accounts.get(jobUid));
  }

  void forget(String jobUid) {
    accounts.remove(jobUid);
  }

  /** Uids of the jobs that are told by {@code gone}. */
  List<String> uids(Predicate<Account> gone) {
    List<String> uids = new ArrayList<>();
    accounts.forEach(
        (uid, account) -> {
          if (gone.test(account)) {
            uids.add(uid);
          }
        });
    return uids;
  }

  /** One job's. */
  static final class Account {
    final String jobUid;
    final JobName job;
    final TokenBucket rate;
    private ProgressStatus accepted;
    private ProgressStatus written;
    private long waitsSince;

    private Account(String jobUid, JobName job, ProgressStatus status, TokenBucket rate) {
      this.jobUid = jobUid;
      this.job = job;
      this.rate = rate;
      this.accepted = status;
      this.written = status;
    }

    /** The newer of what was accepted here and what the status says by other means. */
    ProgressStatus newest(LitTrainingJob job) {
      ProgressStatus seen = ProgressStatus.of(job.getStatus());
      if (seen.isAfter(accepted)) {
        accepted = seen;
        written = seen;
      }
      return accepted;
    }

    void accept(ProgressStatus status, long now) {
      if (!isWaiting()) {
        waitsSince = now;
      }
      accepted = status;
    }

    boolean isWaiting() {
      return !accepted.equals(written);
    }

    long waitsSince() {
      return waitsSince;
    }

    ProgressStatus accepted() {
      return accepted;
    }

    ProgressStatus written() {
      return written;
    }

    void wrote(ProgressStatus status) {
      written = status;
    }
  }
}
