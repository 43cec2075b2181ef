package io.litoperator.operator.metrics;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.Progress;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The series of single jobs: bounded in number, and gone with their job. */
final class JobSeries {
  private static final Set<Phase> AT_WORK =
      Set.of(Phase.PRETRAINING, Phase.FINETUNING, Phase.EVALUATING);

  private final int maxJobs;
  private final AtomicInteger unlisted = new AtomicInteger();
  private final Series goodput;
  private final Series progress;
  private final Series samples;
  private final Series tokens;
  private final Series heartbeat;

  private record JobKey(String namespace, String name) {
    static JobKey of(LitTrainingJob job) {
      return new JobKey(job.getMetadata().getNamespace(), job.getMetadata().getName());
    }

    Tags tags() {
      return Tags.of("namespace", namespace, "job", name);
    }
  }

  /** One figure of many jobs. Made anew only when it is of other jobs than before. */
  private static final class Series {
    private final MultiGauge gauge;
    private volatile Map<JobKey, Double> values = Map.of();

    Series(MultiGauge gauge) {
      this.gauge = gauge;
    }

    void show(List<LitTrainingJob> jobs, Function<LitTrainingJob, Optional<Double>> of) {
      Set<JobKey> before = values.keySet();
      Map<JobKey, Double> now = new HashMap<>();
      jobs.forEach(job -> of.apply(job).ifPresent(value -> now.put(JobKey.of(job), value)));
      values = now;
      if (!now.keySet().equals(before)) {
        gauge.register(
            now.keySet().stream()
                .map(job -> Row.of(job.tags(), this, series -> series.value(job)))
                .toList());
      }
    }

    private double value(JobKey job) {
      return values.getOrDefault(job, Double.NaN);
    }
  }

  JobSeries(MeterRegistry registry, int maxJobs) {
    this.maxJobs = maxJobs;
    goodput = series(registry, "lit.job.goodput.ratio", "Useful step time over wall time");
    progress = series(registry, "lit.job.progress.ratio", "Part of the job's steps that is done");
    samples = series(registry, "lit.job.samples.per.second", "Samples trained on, over all ranks");
    tokens = series(registry, "lit.job.tokens.per.second", "Tokens trained on, over all ranks");
    heartbeat =
        series(
            registry,
            "lit.job.last.heartbeat.timestamp.seconds",
            "When a job at work last reported, Unix time");
    Gauge.builder("lit.jobs.unlisted", unlisted::get)
        .description("Jobs without series of their own, for there are too many")
        .register(registry);
  }

  void show(List<LitTrainingJob> jobs, Map<String, JobWatch> watches) {
    List<LitTrainingJob> listed =
        jobs.stream()
            .filter(job -> job.getStatus() != null)
            .sorted(
                Comparator.comparing(JobSeries::isFinished)
                    .thenComparing(job -> job.getMetadata().getCreationTimestamp())
                    .thenComparing(job -> job.getMetadata().getUid()))
            .limit(maxJobs)
            .toList();
    unlisted.set(jobs.size() - listed.size());
    List<LitTrainingJob> atWork =
        listed.stream().filter(job -> AT_WORK.contains(job.getStatus().phase())).toList();
    goodput.show(listed, job -> goodput(watches.get(job.getMetadata().getUid())));
    progress.show(listed, job -> reported(job).map(Progress::percent).map(p -> p / 100.0));
    samples.show(atWork, job -> reported(job).map(Progress::samplesPerSecond));
    tokens.show(atWork, job -> reported(job).map(Progress::tokensPerSecond));
    heartbeat.show(atWork, job -> reported(job).map(Progress::lastHeartbeat).map(JobSeries::unix));
  }

  private static Optional<Double> goodput(JobWatch watch) {
    return watch
        .goodput()
        .map(Goodput::ratio)
        .filter(OptionalDouble::isPresent)
        .map(OptionalDouble::getAsDouble);
  }

  private static Optional<Progress> reported(LitTrainingJob job) {
    return Optional.of(job.getStatus()).map(LitTrainingJobStatus::progress);
  }

  private static double unix(String time) {
    return Instant.parse(time).toEpochMilli() / 1000.0;
  }

  private static boolean isFinished(LitTrainingJob job) {
    Phase phase = job.getStatus().phase();
    return phase == Phase.SUCCEEDED || phase == Phase.FAILED;
  }

  private static Series series(MeterRegistry registry, String name, String description) {
    return new Series(MultiGauge.builder(name).description(description).register(registry));
  }
}
