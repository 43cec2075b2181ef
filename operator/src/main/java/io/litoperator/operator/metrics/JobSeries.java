package io.litoperator.operator.metrics;

import static java.util.stream.Collectors.toMap;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.status.PhaseNames;
import io.litoperator.operator.status.Phases;
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
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The series of single jobs: bounded in number, and gone with their job. */
final class JobSeries {
  /** The oldest that are not over, then those that ended last, of which an alert is to tell. */
  private static final Comparator<LitTrainingJob> LISTED_FIRST =
      Comparator.comparing(JobSeries::isFinished)
          .thenComparing(JobSeries::completed, Comparator.reverseOrder())
          .thenComparing(job -> job.getMetadata().getCreationTimestamp())
          .thenComparing(job -> job.getMetadata().getUid());

  private final int maxJobs;
  private final AtomicInteger unlisted = new AtomicInteger();
  private final Series phase;
  private final Series goodput;
  private final Series progress;
  private final List<Figure> figures;

  /** One figure of many jobs. Made anew only when it is of other jobs than before. */
  private static final class Series {
    private final MultiGauge gauge;
    private volatile Map<Tags, Double> values = Map.of();

    Series(MeterRegistry registry, String name, String description) {
      gauge = MultiGauge.builder(name).description(description).register(registry);
    }

    void show(Map<Tags, Double> now) {
      Set<Tags> before = values.keySet();
      values = now;
      if (!now.keySet().equals(before)) {
        gauge.register(
            now.keySet().stream()
                .map(tags -> Row.of(tags, this, series -> series.value(tags)))
                .toList());
      }
    }

    private double value(Tags tags) {
      return values.getOrDefault(tags, Double.NaN);
    }
  }

  /** What jobs at work report. */
  private record Figure(Series series, Function<Progress, Double> of) {}

  JobSeries(MeterRegistry registry, int maxJobs) {
    this.maxJobs = maxJobs;
    phase =
        new Series(registry, "lit.job.phase", "1, with the phase that the job is in as a label");
    goodput =
        new Series(registry, "lit.job.goodput.ratio", "Useful step time over wall time, 0 to 1");
    progress =
        new Series(
            registry, "lit.job.progress.ratio", "Part of the job's steps that is done, 0 to 1");
    figures =
        List.of(
            figure(
                registry,
                "loss",
                "Loss, mean over the last step's supervised tokens",
                Progress::loss),
            figure(
                registry,
                "instruction.loss",
                "Loss over instructions, mean over the last step's tokens of them",
                Progress::instructionLoss),
            figure(
                registry,
                "response.loss",
                "Loss over answers, mean over the last step's tokens of them",
                Progress::responseLoss),
            figure(
                registry,
                "learning.rate",
                "Learning rate of the last step",
                Progress::learningRate),
            figure(
                registry,
                "gradient.norm",
                "Norm of the last step's gradient, before clipping",
                Progress::gradientNorm),
            figure(
                registry,
                "model.flops.utilization",
                "Part of the devices' peak that the model's arithmetic uses, 0 to 1",
                Progress::modelFlopsUtilization),
            figure(
                registry,
                "samples.per.second",
                "Samples a second, over all ranks",
                Progress::samplesPerSecond),
            figure(
                registry,
                "tokens.per.second",
                "Tokens a second, over all ranks, padding not counted",
                Progress::tokensPerSecond),
            figure(
                registry,
                "last.heartbeat.timestamp.seconds",
                "When the job last reported, Unix time",
                JobSeries::heard));
    Gauge.builder("lit.jobs.unlisted", unlisted::get)
        .description("Jobs without series of their own, for there are too many")
        .register(registry);
  }

  void show(List<LitTrainingJob> jobs, Map<String, JobWatch> watches) {
    List<LitTrainingJob> listed =
        jobs.stream()
            .filter(job -> job.getStatus() != null && job.getStatus().phase() != null)
            .sorted(LISTED_FIRST)
            .limit(maxJobs)
            .toList();
    unlisted.set(jobs.size() - listed.size());
    phase.show(listed.stream().collect(toMap(JobSeries::tagsWithPhase, job -> 1.0)));
    progress.show(values(listed, job -> reported(job).map(Progress::percent).map(p -> p / 100.0)));
    List<LitTrainingJob> withPods =
        listed.stream().filter(job -> Goodput.counts(job.getStatus().phase())).toList();
    goodput.show(values(withPods, job -> goodput(watches.get(job.getMetadata().getUid()))));
    List<LitTrainingJob> atWork =
        listed.stream().filter(job -> Phases.isTraining(job.getStatus().phase())).toList();
    figures.forEach(
        figure -> figure.series().show(values(atWork, job -> reported(job).map(figure.of()))));
  }

  private static Map<Tags, Double> values(
      List<LitTrainingJob> jobs, Function<LitTrainingJob, Optional<Double>> of) {
    Map<Tags, Double> values = new HashMap<>();
    jobs.forEach(job -> of.apply(job).ifPresent(value -> values.put(tags(job), value)));
    return values;
  }

  private static Tags tags(LitTrainingJob job) {
    return Tags.of(
        "namespace", job.getMetadata().getNamespace(), "job", job.getMetadata().getName());
  }

  private static Tags tagsWithPhase(LitTrainingJob job) {
    return tags(job).and("phase", PhaseNames.of(job.getStatus().phase()));
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

  private static Double heard(Progress progress) {
    return progress.lastHeartbeat() == null
        ? null
        : Instant.parse(progress.lastHeartbeat()).toEpochMilli() / 1000.0;
  }

  /** When, in RFC 3339; empty of a job that is not over. */
  private static String completed(LitTrainingJob job) {
    return Objects.requireNonNullElse(job.getStatus().completionTime(), "");
  }

  private static boolean isFinished(LitTrainingJob job) {
    return Phases.isOver(job.getStatus().phase());
  }

  private static Figure figure(
      MeterRegistry registry, String name, String description, Function<Progress, Double> of) {
    return new Figure(new Series(registry, "lit.job." + name, description), of);
  }
}
