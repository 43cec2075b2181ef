package io.litoperator.operator.progress;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Jobs that report every ten seconds over kept connections, and what that costs the endpoint:
 * {@code main serve JOBS SECONDS} prints its address and then its CPU share and heap; {@code main
 * report} in another process does the reporting, so that its cost is not counted. The API server is
 * left out: patches and TokenReviews are answered at once.
 */
final class ReportLoad {
  private static final int PERIOD_SECONDS = 10;

  private ReportLoad() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("serve")) {
      serve(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    } else if (args.length == 5 && args[0].equals("report")) {
      report(
          Integer.parseInt(args[1]),
          Files.readString(Path.of(args[2])),
          Integer.parseInt(args[3]),
          Integer.parseInt(args[4]));
    } else {
      throw new IllegalArgumentException("serve JOBS SECONDS | report PORT CA_FILE JOBS SECONDS");
    }
  }

  private static void serve(int jobs, int seconds) throws Exception {
    try (Endpoint endpoint =
        new Endpoint(
            Map.of(
                "token-reviews.burst-per-address", "10000",
                "token-reviews.burst", "10000"))) {
      IntStream.range(0, jobs)
          .forEach(i -> endpoint.jobs.put(Fixtures.job(name(i), uid(i), podUid(i), 1)));
      endpoint.tokens.acceptsAll = true;
      Files.writeString(Path.of("target/report-load.pem"), endpoint.certificates.pem());
      System.out.printf("port %d, authority in target/report-load.pem%n", endpoint.port());
      while (endpoint.answered(200) < jobs) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      OperatingSystemMXBean machine =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      long cpu = machine.getProcessCpuTime();
      long start = System.nanoTime();
      double before = endpoint.answered(200);
      TimeUnit.SECONDS.sleep(seconds);
      double share = (machine.getProcessCpuTime() - cpu) / (double) (System.nanoTime() - start);
      System.gc();
      System.out.printf(
          "%d jobs: %.0f reports/s, %.1f %% of one core, %d MiB of heap, %d patches%n",
          jobs,
          (endpoint.answered(200) - before) / seconds,
          share * 100,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20,
          endpoint.written.size());
    }
  }

  private static void report(int port, String ca, int jobs, int seconds) throws Exception {
    ScheduledExecutorService pool = Executors.newScheduledThreadPool(16);
    AtomicLong failures = new AtomicLong();
    CountDownLatch over = new CountDownLatch(1);
    Reporter reporter = new Reporter(port, ca);
    for (int i = 0; i < jobs; i++) {
      JobName name = name(i);
      String token =
          Tokens.forge(
              new Sender(name.namespace(), name.coordinatorPod(), podUid(i)),
              uid(i),
              Instant.now().plusSeconds(3600));
      AtomicLong sequence = new AtomicLong();
      pool.scheduleAtFixedRate(
          () -> {
            try {
              int code = reporter.post(name, token, Fixtures.report(sequence.incrementAndGet()));
              if (code != 200) {
                failures.incrementAndGet();
              }
            } catch (IOException e) {
              failures.incrementAndGet();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          },
          i * PERIOD_SECONDS * 1000L / jobs,
          PERIOD_SECONDS * 1000L,
          TimeUnit.MILLISECONDS);
    }
    over.await(seconds, TimeUnit.SECONDS);
    pool.shutdownNow();
    System.out.printf("%d reports failed%n", failures.get());
  }

  private static JobName name(int number) {
    return new JobName("load", "job-" + number);
  }

  private static String uid(int number) {
    return "5a0f6d1e-0000-4000-8000-%012d".formatted(number);
  }

  static String podUid(int number) {
    return "5a0f6d1e-0000-4000-9000-%012d".formatted(number);
  }
}
