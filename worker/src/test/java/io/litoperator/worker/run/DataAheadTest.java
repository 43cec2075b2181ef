package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.plan.RunPlan;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of 8 samples on one rank, each of which finds its own there. */
@Timeout(120)
class DataAheadTest {
  /** Of an epoch, whose last step is smaller. */
  private static final int STEPS = 5;

  private static final int BATCH = 8;

  @TempDir Path folder;
  private final Semaphore loaded = new Semaphore(0);

  @ParameterizedTest(name = "micro-batches of {0}")
  @ValueSource(ints = {1, 2, 8})
  void aStepsSamplesAreLoadedBeforeItAsksForThem(int microBatch) {
    RunPlan plan =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainSteps", STEPS)
            .with("microBatchSize", microBatch)
            .with("ranks", 1)
            .plan(folder.resolve("output"));

    TinyTraining.run(plan, writer(plan), new Beginnings(), sample -> loaded.release());
  }

  private static CheckpointWriter writer(RunPlan plan) {
    return new CheckpointWriter(
        new CheckpointStore(Runs.checkpointFolder(plan)).of(0, "pod"),
        1,
        complete -> Set.of(),
        saved -> {},
        notice -> {},
        underWay -> {});
  }

  /** Lets a step begin once its samples are there. */
  private final class Beginnings extends StepWatch {
    @Override
    public void training(long stepsDone) {
      try {
        assertThat(loaded.tryAcquire(BATCH, 60, TimeUnit.SECONDS))
            .as("samples of step %d", stepsDone + 1)
            .isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
