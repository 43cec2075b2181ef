package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.report.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are interrupted from outside, with real signals. */
@Timeout(600)
class StopIT {
  @TempDir Path folder;
  private TinyJob job;
  private Path output;

  @BeforeEach
  void makeJob() {
    job = TinyJob.in(folder.resolve("job"));
    output = folder.resolve("output");
  }

  @Test
  void aRunStoppedInEveryPhaseEndsAsAnUndisturbedOne() throws Exception {
    TinyRun undisturbed = TinyRun.of(job, folder.resolve("undisturbed")).done();

    stopWithin("pretrain", step("pretrain", 3));
    stopWithin("finetune", step("finetune", 12));
    stopWithin("evaluation", told("evaluationProgress"));
    TinyRun resumed = TinyRun.resumed(job, output).done();

    assertThat(resumed.events(Event.Step.class)).isEmpty();
    assertThat(resumed.scores()).isEqualTo(undisturbed.scores());
    Same.checkpoints(resumed.lastCheckpoint(), undisturbed.lastCheckpoint());
  }

  @Test
  void asOftenAsItTakesASecondInterruptEndsRanksThatDoNotListen() throws Exception {
    try (TinyProcess run = start(false)) {
      run.await(step("pretrain", 2));
      List<ProcessHandle> ranks = run.ranks().alive();
      RankProcesses.signal("STOP", run.ranks().any(new Random(1)).pid());

      run.signal("INT");
      do {
        run.signal("INT");
      } while (!run.process().waitFor(1, TimeUnit.SECONDS));

      assertThat(run.exitCode()).isEqualTo(ExitCode.TERMINATED.code());
      assertThat(ranks).hasSize(2).noneMatch(ProcessHandle::isAlive);
    }
  }

  /**
   * Goes on with the run, and interrupts it at a moment. A busy machine may be done with the phase
   * before it hears of that; then all begins again from where the run was.
   */
  private void stopWithin(String phase, Predicate<String> moment) throws Exception {
    Path before = folder.resolve("before-" + phase);
    boolean resume = Files.exists(output);
    if (resume) {
      Folders.copy(output, before);
    }
    int late = 0;
    while (runUntil(moment, resume) != ExitCode.INTERRUPTED.code() || !phase().equals(phase)) {
      assertThat(++late).as("interrupted within " + phase + ", but too late").isLessThan(6);
      Files.move(output, Files.createTempDirectory(folder, "late").resolve("output"));
      if (resume) {
        Folders.copy(before, output);
      }
    }
  }

  /** In which an interrupted run was, by its newest checkpoint. */
  private String phase() {
    CheckpointId newest = Runs.checkpoints(job.plan(output)).list().get(0);
    boolean trained = newest.equals(new CheckpointId(Stage.FINETUNE, TinyJob.FINETUNE_STEPS));
    return trained ? "evaluation" : newest.stage().label();
  }

  private TinyProcess start(boolean resume) {
    return TinyProcess.start(
        job.plan(output),
        folder.resolve("plan.json"),
        new LocalRun.Options(output, List.of(), 1, resume));
  }

  private int runUntil(Predicate<String> line, boolean resume) throws Exception {
    try (TinyProcess run = start(resume)) {
      return run.await(line).signal("INT").exitCode();
    }
  }

  private static Predicate<String> told(String event) {
    return line -> line.contains("\"event\":\"" + event + "\"");
  }

  private static Predicate<String> step(String stage, int step) {
    return told("step")
        .and(line -> line.contains("\"stage\":\"%s\",\"step\":%d,".formatted(stage, step)));
  }
}
