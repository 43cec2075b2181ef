package io.litoperator.operator.metrics;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.status.PhaseNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Figures of all jobs. Each job is {@linkplain #sight sighted} before this process does anything
 * about it, so that what its status tells by then is known to have been counted by another: by this
 * operator's process before, or by the replica that led. All that the status tells later is this
 * process's doing and counted here, however late one looks.
 */
public final class JobMetrics {
  private final JobSeries series;
  private final FinishedJobs finished;
  private final Map<Phase, AtomicInteger> byPhase = new EnumMap<>(Phase.class);
  private final Timer timeToPods;
  private final Timer timeToFirstStep;
  private final Map<String, Counter> restarts;
  private final Map<String, Timer> recoveries;
  private final Map<String, JobWatch> watches = new ConcurrentHashMap<>();

  /**
   * Every counter is there from the start, with zero: Prometheus sees no increase to a first value.
   *
   * @param maxJobs with series of their own; as many namespaces have
   */
  public JobMetrics(MeterRegistry registry, int maxJobs) {
    this.series = new JobSeries(registry, maxJobs);
    this.finished = new FinishedJobs(registry, maxJobs);
    this.timeToPods =
        timer(
                "lit.job.time.to.pods",
                "From a job's creation to its first Pod's, or its admission by a queue")
            .register(registry);
    this.timeToFirstStep =
        timer("lit.job.time.to.first.step", "From a job's creation to the first step reported")
            .register(registry);
    this.restarts =
        byReason(
            reason ->
                Counter.builder("lit.restarts")
                    .description("Restarts of gangs, free ones included, by what caused them")
                    .tag("reason", reason)
                    .register(registry));
    this.recoveries =
        byReason(
            reason ->
                timer("lit.recovery", "From a failure to the report of a gang at work again")
                    .tag("reason", reason)
                    .register(registry));
    for (Phase phase : Phase.values()) {
      AtomicInteger count = new AtomicInteger();
      byPhase.put(phase, count);
      Gauge.builder("lit.jobs", count::get)
          .description("Jobs, by phase")
          .tag("phase", PhaseNames.of(phase))
          .register(registry);
    }
  }

  /** To be called before anything is done about a job; again, it changes nothing. Any thread. */
  public void sight(LitTrainingJob job, Instant now) {
    watches.computeIfAbsent(job.getMetadata().getUid(), uid -> begin(job, now));
  }

  /**
   * Brings all figures up to date. To be called regularly, by one thread at a time.
   *
   * @param jobs gives all jobs there are
   */
  public void look(Supplier<List<LitTrainingJob>> jobs, Instant now) {
    // Before the jobs are asked for: one that is sighted afterwards may not be among them.
    Set<String> gone = new HashSet<>(watches.keySet());
    List<LitTrainingJob> all = jobs.get();
    for (LitTrainingJob job : all) {
      String uid = job.getMetadata().getUid();
      gone.remove(uid);
      watches.compute(
          uid, (same, before) -> before == null ? begin(job, now) : next(before, job, now));
    }
    watches.keySet().removeAll(gone);
    Map<Phase, Long> counts =
        all.stream().collect(Collectors.groupingBy(JobMetrics::phase, Collectors.counting()));
    byPhase.forEach((phase, count) -> count.set(counts.getOrDefault(phase, 0L).intValue()));
    series.show(all, watches);
  }

  private JobWatch begin(LitTrainingJob job, Instant now) {
    finished.expect(job.getMetadata().getNamespace());
    return JobWatch.begin(job, now);
  }

  private JobWatch next(JobWatch before, LitTrainingJob job, Instant now) {
    JobWatch.Look look = before.next(job, now);
    look.happenings().forEach(this::count);
    return look.watch();
  }

  private void count(Happening happening) {
    if (happening instanceof Happening.PodsMade made) {
      timeToPods.record(made.after());
    } else if (happening instanceof Happening.FirstStep step) {
      timeToFirstStep.record(step.after());
    } else if (happening instanceof Happening.Restarted restarted) {
      restarts.get(Reasons.label(restarted.reason())).increment(restarted.times());
    } else if (happening instanceof Happening.Finished ended) {
      finished.count(ended);
    } else if (happening instanceof Happening.Recovered recovered) {
      recoveries.get(Reasons.label(recovered.reason())).record(recovered.after());
    }
  }

  private static <T> Map<String, T> byReason(Function<String, T> meter) {
    return Reasons.labels().collect(Collectors.toUnmodifiableMap(Function.identity(), meter));
  }

  private static Phase phase(LitTrainingJob job) {
    return job.told().map(LitTrainingJobStatus::phase).orElse(Phase.PENDING);
  }

  private static Timer.Builder timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2));
  }
}
