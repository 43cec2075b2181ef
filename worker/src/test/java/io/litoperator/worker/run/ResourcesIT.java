package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.AttemptStore;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.plan.RunPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory, files and threads do not pile up. */
@Timeout(240)
class ResourcesIT {
  /** Until then, the heap and the program find their size. */
  private static final long WARM_UP = 200;

  private static final long STEPS = 1001;
  private static final long STEPS_PER_LOOK = 50;

  @TempDir Path folder;

  @Test
  void memoryDoesNotGrowFromStepToStep() {
    TinyJob job = TinyJob.in(folder.resolve("job")).with("pretrainSteps", STEPS);
    RunPlan plan = job.plan(folder.resolve("output"));
    MemoryWatch watch = new MemoryWatch();
    TinyTraining.run(plan, writer(plan), watch);

    long growth = watch.lowest(800, 1000) - watch.lowest(WARM_UP, 400);
    // A step makes four times a hundred tensors of some 10 kB: one of each hundred, kept for 600
    // steps, would be found. Without any, oneDNN's kernels come and go by a dozen MiB.
    assertThat(growth).isLessThan(20L << 20);
  }

  private static CheckpointWriter writer(RunPlan plan) {
    AttemptStore store = new CheckpointStore(Runs.checkpointFolder(plan)).of(0, "pod");
    return new CheckpointWriter(
        store, 1, complete -> Set.of(), saved -> {}, notice -> {}, underWay -> {});
  }

  /** Takes the resident memory, without garbage, from time to time. */
  private static final class MemoryWatch extends StepWatch {
    private final TreeMap<Long, Long> resident = new TreeMap<>();

    /** Of the looks at these steps: what is in use for a moment is not what is kept. */
    long lowest(long from, long to) {
      return Collections.min(resident.subMap(from, to + 1).values());
    }

    @Override
    public void training(long stepsDone) {
      if (stepsDone % STEPS_PER_LOOK == 0) {
        System.gc();
        resident.put(stepsDone, residentBytes());
      }
    }
  }

  @Test
  void aRunLeavesNoFileOpenAndNoThread() throws IOException {
    TinyJob job =
        TinyJob.in(folder.resolve("job")).with("pretrainSteps", 2).with("finetuneSteps", 2);
    TinyRun.of(job, folder.resolve("first")).done();
    int files = openFiles();
    Set<String> threads = threads();

    TinyRun.profiled(job, folder.resolve("second")).done();

    assertThat(openFiles()).isLessThanOrEqualTo(files);
    assertThat(threads).containsAll(threads());
    assertThat(RankProcesses.ofThisProcess().alive()).isEmpty();
  }

  private static int openFiles() throws IOException {
    return Folders.names(Path.of("/proc/self/fd")).size();
  }

  /** The JDK keeps the threads that watch processes for a while. */
  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.startsWith("process reaper"))
        .collect(Collectors.toSet());
  }

  private static long residentBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
