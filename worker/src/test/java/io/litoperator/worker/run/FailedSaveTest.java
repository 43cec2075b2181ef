package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
            notice -> {},
            underWay -> {});
    Watch watch = new Watch(writer);

    assertThatThrownBy(() -> TinyTraining.run(plan, writer, watch))
        .isInstanceOf(Failure.class)
        .hasMessage("The disk is full.");

    assertThat(watch.steps()).extracting(Event.Step::step).endsWith(EVERY, EVERY + 1);
  }

  /** Lets the step after the save begin once that has failed. */
  private static final class Watch extends StepWatch {
    private final CheckpointWriter writer;

    Watch(CheckpointWriter writer) {
      this.writer = writer;
    }

    @Override
    public void training(long stepsDone) {
      while (stepsDone == EVERY && !writer.hasFailed()) {
        Thread.onSpinWait();
      }
    }
  }
}
