package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand steps on two ranks, whose memory, objects, files and threads stay what they are
 * after the first fifth, as do the objects, files and threads of this process, which coordinates
 * them. Takes minutes, so that no build runs it; {@code docs/development.md} says how to.
 */
@Timeout(7200)
class LongRun {
  private static final int STEPS = Integer.getInteger("lit.long.steps", 10_000);
  private static final int WARM_UP = STEPS / 5;
  private static final int STEPS_PER_LOOK = STEPS / 40;

  /** The slope of fewer would be chance. */
  private static final int FEWEST_LOOKS = 10;

  /** Of a whole run; a tensor of 10 kB that each step keeps would be a hundred MiB. */
  private static final double MOST_GROWTH = 8 << 20;

  /** Of a whole run; objects of a hundred bytes that each step keeps would be as much. */
  private static final double MOST_HEAP_GROWTH = 1 << 20;

  /** Of files and threads, of which a save or a look has some; each save that keeps one is more. */
  private static final double MOST_NUMBER = 2;

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  @TempDir Path folder;
  private final List<Look> looks = new ArrayList<>();
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
  private volatile boolean over;

  /**
   * What a process holds at a step.
   *
   * @param resident bytes
   * @param heap bytes of objects that are in use
   */
  private record Look(long pid, long step, long resident, long heap, long files, long threads) {}

  @Test
  void processesHoldNoMoreAtTheEndThanAfterTheBeginning() {
    TinyJob job =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainSteps", STEPS)
            .with("finetuneSteps", 1)
            .with("every", 1000);
    Path output = folder.resolve("output");
    // Not by TinyRun, which keeps all events.
    LocalRun run =
        new LocalRun(job.plan(output), TinyRun.options(output, List.of(), 1, false), this::hear);
    assertThat(run.run()).isEqualTo(ExitCode.DONE);

    underWay.join();
    Map<Long, List<Look>> processes = looks.stream().collect(Collectors.groupingBy(Look::pid));
    assertThat(processes).hasSize(3);
    processes.values().forEach(LongRun::assertFlat);
    // This process' heap takes of its machine what it likes before it is collected.
    processes.remove(ProcessHandle.current().pid());
    assertThat(processes.values())
        .allSatisfy(
            rank ->
                assertThat(growth(rank, Look::resident))
                    .as("growth of memory")
                    .isLessThan(MOST_GROWTH));
  }

  /** Looks from another thread: what ranks tell while this one is held up is kept for it. */
  private void hear(Event event) {
    if (!(event instanceof Event.Step step)) {
      return;
    }
    over = !step.stage().equals("pretrain") || step.step() == STEPS;
    if (!over && step.step() > WARM_UP && step.step() % STEPS_PER_LOOK == 0 && underWay.isDone()) {
      underWay.join();
      underWay = CompletableFuture.runAsync(() -> look(step.step()));
    }
  }

  private void look(long step) {
    Stream<ProcessHandle> ranks = RankProcesses.ofThisProcess().alive().stream();
    try {
      List<Look> seen = new ArrayList<>();
      for (ProcessHandle process :
          Stream.concat(Stream.of(ProcessHandle.current()), ranks).toList()) {
        seen.add(look(process.pid(), step));
      }
      if (!over) {
        looks.addAll(seen);
      }
    } catch (IOException e) {
      if (!over) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The heap last: to look at it collects garbage, which may hold memory. */
  private static Look look(long pid, long step) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    long resident = status(process, "VmRSS") << 10;
    long files = Folders.names(process.resolve("fd")).size();
    long threads = status(process, "Threads");
    return new Look(pid, step, resident, heap(pid), files, threads);
  }

  private static long status(Path process, String name) throws IOException {
    return Files.readAllLines(process.resolve("status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static long heap(long pid) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), String.valueOf(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // Or the next look takes it for a rank.
    process.onExit().join();
    Matcher total = TOTAL.matcher(told);
    if (!total.find()) {
      throw new IOException("no histogram of process " + pid + ": " + told);
    }
    return Long.parseLong(total.group(1));
  }

  private static void assertFlat(List<Look> looks) {
    looks.forEach(System.out::println);
    System.out.printf(
        "heap %+.0f bytes, memory %+.0f bytes, %+.1f files, %+.1f threads%n",
        growth(looks, Look::heap),
        growth(looks, Look::resident),
        growth(looks, Look::files),
        growth(looks, Look::threads));
    assertThat(looks).hasSizeGreaterThanOrEqualTo(FEWEST_LOOKS);
    assertThat(growth(looks, Look::heap)).as("growth of the heap").isLessThan(MOST_HEAP_GROWTH);
    assertThat(growth(looks, Look::files)).as("growth of open files").isLessThan(MOST_NUMBER);
    assertThat(growth(looks, Look::threads)).as("growth of threads").isLessThan(MOST_NUMBER);
  }

  /** What a whole run adds, by least squares over what follows the beginning. */
  private static double growth(List<Look> looks, ToLongFunction<Look> held) {
    double steps = looks.stream().mapToDouble(Look::step).average().orElseThrow();
    double bytes = looks.stream().mapToLong(held).average().orElseThrow();
    double product = 0;
    double square = 0;
    for (Look look : looks) {
      product += (look.step() - steps) * (held.applyAsLong(look) - bytes);
      square += Math.pow(look.step() - steps, 2);
    }
    return STEPS * product / square;
  }
}
