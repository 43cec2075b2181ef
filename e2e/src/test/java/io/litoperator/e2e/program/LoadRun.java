package io.litoperator.e2e.program;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Measures the operator's speed: its jar as a process, a real API server on loopback, Pods that are
 * simulated. Prints what it measured; asserts nothing.
 */
public final class LoadRun {
  private static final int WARM_UP = 20;
  private static final int ONE_BY_ONE = 200;
  private static final int AT_ONCE = 500;
  private static final int ACTIVE = 2000;
  private static final Duration IDLE = Duration.ofSeconds(15);
  private static final Duration UNTIL_STEADY = Duration.ofSeconds(30);

  /**
   * As long as the answer to a TokenReview is kept, so that the reviews' part is in the figures.
   */
  private static final Duration REPORTING = Duration.ofMinutes(2);

  private final LoadBench bench;

  private LoadRun(LoadBench bench) {
    this.bench = bench;
  }

  /**
   * @param arguments the repository's folder, and which of {@code single}, {@code burst} and {@code
   *     active} to measure: all of them where none is named
   */
  public static void main(String[] arguments) throws Exception {
    Path repository = Path.of(arguments[0]).toAbsolutePath().normalize();
    Path target = Files.createDirectories(repository.resolve("e2e/target"));
    try (LoadBench bench =
        LoadBench.start(repository, Files.createTempDirectory(target, "load-"))) {
      print("start to ready: %d ms", bench.operator().timeToReady().toMillis());
      LoadRun run = new LoadRun(bench);
      Set<String> wanted = Set.copyOf(List.of(arguments).subList(1, arguments.length));
      run.warmUp();
      if (wanted.isEmpty() || wanted.contains("single")) {
        run.oneByOne();
        run.wholeLives();
        run.idle();
      }
      if (wanted.isEmpty() || wanted.contains("burst")) {
        run.atOnce();
      }
      if (wanted.isEmpty() || wanted.contains("active")) {
        run.active();
      }
    }
  }

  /** What a virtual machine that has just started takes is told apart. */
  private void warmUp() {
    List<Duration> times = timesToPods(0, WARM_UP);
    print(
        "create to 2 Pods, the first %d: first %d ms, last %d ms",
        WARM_UP, times.get(0).toMillis(), times.get(WARM_UP - 1).toMillis());
  }

  private void oneByOne() {
    List<Duration> times = timesToPods(WARM_UP, WARM_UP + ONE_BY_ONE);
    times.sort(null);
    print(
        "create to 2 Pods, %d one by one: p50 %d ms, p99 %d ms, slowest %d ms",
        ONE_BY_ONE,
        percentile(times, 50).toMillis(),
        percentile(times, 99).toMillis(),
        percentile(times, 100).toMillis());
  }

  /** From the request that creates a job to the watch's word of its second Pod. */
  private List<Duration> timesToPods(int from, int to) {
    List<Duration> times = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String name = "single-" + i;
      Instant start = Instant.now();
      bench.create(name);
      bench.pods().awaitSeen(2 * (i + 1));
      times.add(Duration.between(start, bench.pods().secondSeen(name)));
    }
    return times;
  }

  /** The jobs of before run, report that they are done, and end. */
  private void wholeLives() {
    bench.pods().run();
    try (Reports reports = bench.reports()) {
      bench.jobs("single-").forEach(job -> reports.start(job, bench.coordinator(job)));
      bench.awaitAll("single-", "training", job -> job.getStatus().phase() == Phase.PRETRAINING);
      bench.jobs("single-").forEach(job -> reports.done(job, bench.coordinator(job)));
      bench.awaitAll(
          "single-", "reported", job -> job.getStatus().coordinator().activity() == Activity.DONE);
      bench.pods().succeedAll();
      bench.awaitAll("single-", "succeeded", job -> job.getStatus().phase() == Phase.SUCCEEDED);
      print("answers to reports: %s", reports.codes());
      bench.pods().rest();
    }
    Map<String, Long> writes = bench.writes(0, request -> !request.isProgress());
    long total = writes.values().stream().mapToLong(Long::longValue).sum();
    print(
        "writes for a job's whole life besides progress: %.1f (of %d jobs: %s)",
        1.0 * total / (WARM_UP + ONE_BY_ONE), WARM_UP + ONE_BY_ONE, writes);
  }

  private void idle() throws InterruptedException {
    long place = bench.audit().size();
    TimeUnit.MILLISECONDS.sleep(IDLE.toMillis());
    print(
        "writes in %d s without change: %s",
        IDLE.toSeconds(), bench.writes(place, request -> true));
  }

  private void atOnce() {
    int before = bench.pods().firstSeen().size();
    ProcessorTime cpu = bench.processorTime();
    Instant start = Instant.now();
    bench.createAll("burst-", AT_ONCE);
    bench.pods().awaitSeen(before + 2 * AT_ONCE);
    Duration took = Duration.between(start, Instant.now());
    print(
        "%d jobs at once: %.1f s to the last Pod, %.0f jobs/s; milliseconds of processor time a job: %s",
        AT_ONCE,
        took.toMillis() / 1000.0,
        AT_ONCE * 1000.0 / took.toMillis(),
        bench.processorTime().since(cpu).each(AT_ONCE));
    bench.awaitAll("burst-", "told", job -> true);
    print(
        "%d jobs at once: %.1f s to the last status",
        AT_ONCE, Duration.between(start, Instant.now()).toMillis() / 1000.0);
  }

  private void active() throws InterruptedException {
    int before = bench.pods().firstSeen().size();
    bench.createAll("active-", ACTIVE);
    bench.pods().awaitSeen(before + 2 * ACTIVE);
    bench.pods().run();
    try (Reports reports = bench.reports()) {
      bench.jobs("active-").forEach(job -> reports.start(job, bench.coordinator(job)));
      bench.awaitAll("active-", "training", job -> job.getStatus().phase() == Phase.PRETRAINING);
      TimeUnit.MILLISECONDS.sleep(UNTIL_STEADY.toMillis());
      long place = bench.audit().size();
      Duration cpu = bench.operator().cpu();
      TimeUnit.MILLISECONDS.sleep(REPORTING.toMillis());
      double share = (double) bench.operator().cpu().minus(cpu).toMillis() / REPORTING.toMillis();
      print(
          "%d active jobs reporting every 10 s: %.0f %% of a core, %d MiB of live heap, answers %s, writes in %d s %s",
          ACTIVE,
          100 * share,
          bench.operator().liveHeap() >> 20,
          reports.codes(),
          REPORTING.toSeconds(),
          bench.writes(place, request -> true));
    }
  }

  private static Duration percentile(List<Duration> sorted, int percent) {
    int index = (int) Math.ceil(percent / 100.0 * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
