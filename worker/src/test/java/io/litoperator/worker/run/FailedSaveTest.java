package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.Overseer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FailedSaveTest {
  private static final long EVERY = 5;

  @TempDir Path folder;

  @Test
  void trainingEndsAtTheStepAfterAndNotWhenTheNextSaveIsDue() {
    RunPlan plan =
        TinyJob.in(folder.resolve("job")).with("every", EVERY).plan(folder.resolve("output"));
    CheckpointWriter writer =
        new CheckpointWriter(
            new CheckpointStore(folder.resolve("checkpoints")).of(0, "pod"),
            1,
            complete -> Set.of(),
            saved -> {
              throw new Failure(ExitCode.STORAGE, "The disk is full.");
            },
            notice -> {});
    Watch watch = new Watch(writer);

    assertThatThrownBy(() -> TinyTraining.run(plan, writer, watch))
        .isInstanceOf(Failure.class)
        .hasMessage("The disk is full.");

    assertThat(watch.steps).endsWith(EVERY, EVERY + 1);
  }

  /** Lets the step after the save begin once that has failed. */
  private static final class Watch implements Overseer {
    private final CheckpointWriter writer;
    private final List<Long> steps = new ArrayList<>();

    Watch(CheckpointWriter writer) {
      this.writer = writer;
    }

    @Override
    public void training(long stepsDone) {
      while (stepsDone == EVERY && !writer.hasFailed()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void saving(long stepsDone) {}

    @Override
    public boolean stopRequested() {
      return false;
    }

    @Override
    public void tell(Event event) {
      if (event instanceof Event.Step step) {
        steps.add(step.step());
      }
    }
  }
}
