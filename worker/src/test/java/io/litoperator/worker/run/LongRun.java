package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand steps on two ranks, whose memory, files and threads stay what they are after the
 * first two thousand. Takes minutes, so that no build runs it; {@code docs/development.md} says how
 * to.
 */
@Timeout(3600)
class LongRun {
  private static final int STEPS = 10_000;
  private static final int WARM_UP = 2_000;
  private static final int STEPS_PER_LOOK = 250;

  /** Of a whole run; a tensor of 10 kB that each step keeps would be a hundred MiB. */
  private static final double MOST_GROWTH = 8 << 20;

  @TempDir Path folder;
  private final Map<Long, List<Look>> looks = new HashMap<>();

  /** What a rank's process holds at a step. */
  private record Look(long step, long resident, long files, long threads) {}

  @Test
  void ranksHoldNoMoreAtTheEndThanAfterTheBeginning() {
    TinyJob job =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainSteps", STEPS)
            .with("finetuneSteps", 1)
            .with("every", 1000);
    TinyRun.of(job, folder.resolve("output"), this::look).done();

    assertThat(looks).hasSize(2);
    looks.values().forEach(LongRun::assertFlat);
  }

  private void look(Event event) {
    if (event instanceof Event.Step step
        && step.stage().equals("pretrain")
        && step.step() % STEPS_PER_LOOK == 0) {
      for (ProcessHandle rank : RankProcesses.ofThisProcess().alive()) {
        looks.computeIfAbsent(rank.pid(), p -> new ArrayList<>()).add(look(rank, step.step()));
      }
    }
  }

  private static Look look(ProcessHandle rank, long step) {
    Path process = Path.of("/proc", String.valueOf(rank.pid()));
    try {
      return new Look(
          step,
          status(process, "VmRSS") << 10,
          Folders.names(process.resolve("fd")).size(),
          status(process, "Threads"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long status(Path process, String name) throws IOException {
    return Files.readAllLines(process.resolve("status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static void assertFlat(List<Look> all) {
    List<Look> late = all.stream().filter(look -> look.step() > WARM_UP).toList();
    System.out.println(late);
    assertThat(slope(late) * STEPS).as("growth of memory").isLessThan(MOST_GROWTH);
    assertThat(late).extracting(Look::files).allMatch(files -> files <= late.get(0).files() + 4);
    assertThat(late).extracting(Look::threads).allMatch(n -> n <= late.get(0).threads() + 2);
  }

  /** Bytes a step, by least squares. */
  private static double slope(List<Look> looks) {
    double steps = looks.stream().mapToDouble(Look::step).average().orElseThrow();
    double bytes = looks.stream().mapToDouble(Look::resident).average().orElseThrow();
    double product = 0;
    double square = 0;
    for (Look look : looks) {
      product += (look.step() - steps) * (look.resident() - bytes);
      square += Math.pow(look.step() - steps, 2);
    }
    return product / square;
  }
}
