package io.litoperator.operator.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.ProgressReply;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.logging.JobLog;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Decides on reports, from token to directive. For one event loop. */
final class ReportIntake implements Heartbeats {
  private static final ObjectReader JSON = reader();

  private final JobView jobs;
  private final Authenticator authenticator;
  private final Accounts accounts;
  private final PatchQueue patches;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<String, Instant> heard = new ConcurrentHashMap<>();

  ReportIntake(
      JobView jobs,
      Authenticator authenticator,
      Accounts accounts,
      PatchQueue patches,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.jobs = jobs;
    this.authenticator = authenticator;
    this.accounts = accounts;
    this.patches = patches;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** A coordinator that may send a body. */
  record Admitted(JobName job, String jobUid, Sender sender) {}

  /** Before the body is read: whether this sender may report on this job at all. */
  Future<Admitted> admit(JobName name, String authorization, String address) {
    try {
      LitTrainingJob job = job(name);
      Optional<String> podUid = coordinatorPod(name).map(pod -> pod.getMetadata().getUid());
      return authenticator
          .authenticate(authorization, job, podUid, address)
          .map(sender -> admit(name, job.getMetadata().getUid(), sender));
    } catch (RequestRefusedException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private Admitted admit(JobName name, String jobUid, Sender sender) {
    LitTrainingJob job = job(name, jobUid);
    Fence.checkSender(job, coordinatorPod(name), sender);
    TokenBucket rate = accounts.of(job).rate;
    long now = nanoTime.getAsLong();
    if (!rate.tryTake(now)) {
      throw RequestRefusedException.tooOften("This job reports too often.", rate.untilNext(now));
    }
    return new Admitted(name, jobUid, sender);
  }

  /**
   * Takes a report in.
   *
   * @throws RequestRefusedException and then nothing has changed
   */
  ProgressReply accept(Admitted from, byte[] body) {
    ProgressReport report = parse(body);
    ReportRules.check(report);
    LitTrainingJob job = job(from.job(), from.jobUid());
    Optional<Pod> pod = coordinatorPod(from.job());
    Fence.checkSender(job, pod, from.sender()); // The body may have taken seconds.
    Accounts.Account account = accounts.of(job);
    ProgressStatus before = account.newest(job);
    Fence.checkOrder(job, before, from.sender().podUid(), report);
    Instant now = clock.instant();
    ProgressStatus after = Reports.fold(before, from.sender().podUid(), report, now);
    account.accept(after, nanoTime.getAsLong());
    heard.put(from.jobUid(), now);
    patches.offer(account, after.isNewsAfter(before));
    return Directives.reply(job, pod, report.activity());
  }

  /** The job's attempt; empty if no such job is seen. */
  Optional<Integer> attempt(JobName name) {
    return jobs.job(name.namespace(), name.name()).map(JobLog::attempt);
  }

  @Override
  public Optional<Instant> lastHeard(String jobUid) {
    return Optional.ofNullable(heard.get(jobUid));
  }

  /**
   * Forgets jobs that are gone, and all jobs once another replica leads. To be called regularly.
   */
  void sweep() {
    accounts.uids(account -> !exists(account)).forEach(patches::forget);
    heard.keySet().removeIf(uid -> accounts.find(uid).isEmpty());
  }

  private boolean exists(Accounts.Account account) {
    return jobs.ready()
        && jobs.job(account.job.namespace(), account.job.name())
            .filter(job -> account.jobUid.equals(job.getMetadata().getUid()))
            .isPresent();
  }

  private LitTrainingJob job(JobName name) {
    if (!jobs.ready()) {
      throw RequestRefusedException.notLeading();
    }
    return jobs.job(name.namespace(), name.name())
        .orElseThrow(() -> RequestRefusedException.notFound("There is no job " + name + "."));
  }

  private LitTrainingJob job(JobName name, String uid) {
    LitTrainingJob job = job(name);
    if (!uid.equals(job.getMetadata().getUid())) {
      throw RequestRefusedException.notFound("That job is gone.");
    }
    return job;
  }

  private Optional<Pod> coordinatorPod(JobName name) {
    return jobs.pod(name.namespace(), name.coordinatorPod());
  }

  private static ProgressReport parse(byte[] body) {
    try {
      ProgressReport report = JSON.readValue(body);
      if (report == null) {
        throw RequestRefusedException.malformed("The body is empty.");
      }
      return report;
    } catch (JsonProcessingException e) {
      throw RequestRefusedException.malformed(
          "Not a report: " + firstWords(e.getOriginalMessage()) + ".");
    } catch (IOException e) {
      throw RequestRefusedException.malformed("The body is empty.");
    }
  }

  private static String firstWords(String message) {
    return message.length() <= 200 ? message : message.substring(0, 200) + "..";
  }

  /** Takes a report as it is meant, or not at all. */
  private static ObjectReader reader() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();
    return mapper.readerFor(ProgressReport.class);
  }
}
