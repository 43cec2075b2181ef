package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that meet in training what cannot get better by trying again. */
@Timeout(120)
class RefusedRunIT {
  @TempDir Path folder;
  private TinyJob job;

  @BeforeEach
  void makeJob() {
    job = TinyJob.in(folder.resolve("job"));
  }

  @Test
  void aLossThatIsNotFiniteNamesStepAndSamplesAndKeepsTheLastCheckpoint() {
    TinyJob diverging =
        job.with("pretrainSteps", 4).with("finetuneOptimizer", "learningRate: 1e30");
    TinyRun run = TinyRun.of(diverging, folder.resolve("output"));

    Failure failure = run.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure.getMessage())
        .matches(
            "The (loss|gradient norm) of finetune step [23] is not finite, with samples (talk|text)-\\d+.*");
    assertThat(run.events(Event.Restarted.class)).isEmpty();
    Checkpoint kept = Checkpoint.open(run.checkpoints().resolve("pretrain-4"));
    assertThat(kept.state().step()).isEqualTo(4);
  }

  @Test
  void aSecondRunIntoTheFolderOfOneThatGoesOnLeavesItAlone() throws Exception {
    Path output = folder.resolve("output");
    TinyJob job = this.job.with("ranks", 1).withoutEvaluation();
    LocalRun.Options options = new LocalRun.Options(output, List.of(), 1, false);
    try (TinyProcess first =
        TinyProcess.start(job.plan(output), folder.resolve("plan.json"), options)) {
      first.await(line -> line.contains("\"event\":\"step\""));
      // It has to be there for as long as the second takes.
      long rank = first.ranks().any(new Random(1)).pid();
      RankProcesses.signal("STOP", rank);

      Failure failure = TinyRun.of(job, output).failure();

      assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(failure.getMessage()).contains("Another run that goes on writes to " + output);
      assertThat(folder.resolve("output.1")).doesNotExist();
      RankProcesses.signal("CONT", rank);
      assertThat(first.signal("INT").exitCode()).isEqualTo(ExitCode.INTERRUPTED.code());
    }
    TinyRun.resumed(job, output).done();
    TinyRun.of(job.with("pretrainSteps", 1).with("finetuneSteps", 1), output).done();
    assertThat(folder.resolve("output.1/report.html")).exists();
  }

  @Test
  void aBatchWithNothingToLearnNamesItsStep() {
    // Cut before their answers begin.
    TinyJob cut = job.with("pretrainSteps", 1).with("maxLength", 8);
    TinyRun run = TinyRun.of(cut, folder.resolve("output"));

    Failure failure = run.failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure.getMessage())
        .isEqualTo(
            "Step 1 of the finetune has no supervised token in its whole batch; 'lit check' tells"
                + " which samples have none.");
    assertThat(run.events(Event.Restarted.class)).isEmpty();
  }
}
