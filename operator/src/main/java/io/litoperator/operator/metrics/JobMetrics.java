package io.litoperator.operator.metrics;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Figures of all jobs. {@link #look} is called regularly, by one thread at a time. */
public final class JobMetrics {

  private final MeterRegistry registry;
  private final JobSeries series;
  private final Map<Phase, AtomicInteger> byPhase = new EnumMap<>(Phase.class);
  private final Timer timeToPods;
  private final Timer timeToFirstStep;
  private Map<String, JobWatch> watches = Map.of();

  /**
   * @param maxJobs with series of their own
   */
  public JobMetrics(MeterRegistry registry, int maxJobs) {
    this.registry = registry;
    this.series = new JobSeries(registry, maxJobs);
    this.timeToPods =
        timer("lit.job.time.to.pods", "From a job's creation to its first Pod's")
            .register(registry);
    this.timeToFirstStep =
        timer("lit.job.time.to.first.step", "From a job's creation to the first step reported")
            .register(registry);
    for (Phase phase : Phase.values()) {
      AtomicInteger count = new AtomicInteger();
      byPhase.put(phase, count);
      Gauge.builder("lit.jobs", count::get)
          .description("Jobs, by phase")
          .tag("phase", PhaseLabel.of(phase))
          .register(registry);
    }
  }

  /** Brings all figures up to date. */
  public void look(Collection<LitTrainingJob> jobs, Instant now) {
    Map<String, JobWatch> seen = new HashMap<>();
    for (LitTrainingJob job : jobs) {
      String uid = job.getMetadata().getUid();
      JobWatch before = watches.get(uid);
      if (before == null) {
        seen.put(uid, JobWatch.begin(job, now));
      } else {
        JobWatch.Look look = before.next(job, now);
        look.happenings().forEach(this::count);
        seen.put(uid, look.watch());
      }
    }
    watches = seen;
    Map<Phase, Long> counts =
        jobs.stream().collect(Collectors.groupingBy(JobMetrics::phase, Collectors.counting()));
    byPhase.forEach((phase, count) -> count.set(counts.getOrDefault(phase, 0L).intValue()));
    series.show(List.copyOf(jobs), watches);
  }

  private void count(Happening happening) {
    if (happening instanceof Happening.PodsMade made) {
      timeToPods.record(made.after());
    } else if (happening instanceof Happening.FirstStep step) {
      timeToFirstStep.record(step.after());
    } else if (happening instanceof Happening.Restarted restarted) {
      Counter.builder("lit.restarts")
          .description("Restarts of gangs, free ones included, by what caused them")
          .tag("reason", Reasons.label(restarted.reason()))
          .register(registry)
          .increment(restarted.times());
    } else if (happening instanceof Happening.Recovered recovered) {
      timer("lit.recovery", "From a failure to the report of a gang at work again")
          .tag("reason", Reasons.label(recovered.reason()))
          .register(registry)
          .record(recovered.after());
    }
  }

  private static Phase phase(LitTrainingJob job) {
    return job.getStatus() == null || job.getStatus().phase() == null
        ? Phase.PENDING
        : job.getStatus().phase();
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
