package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranks that are killed or hang change nothing in what a run ends with. */
@Timeout(240)
class LostRankIT {
  @TempDir static Path folder;
  private static TinyJob job;
  private static TinyRun undisturbed;

  @BeforeAll
  static void runUndisturbed() {
    job = TinyJob.in(folder.resolve("job"));
    undisturbed = TinyRun.of(job, folder.resolve("undisturbed")).done();
  }

  /** One, or as many as are asked for: every seed kills seven times. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("lit.kill.seeds", 1));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void killsAtAnyMomentChangeNothing(long seed) throws IOException {
    Path output = folder.resolve("killed-" + seed);
    List<Killer.Moment> moments =
        List.of(
            Killer.Moment.soonAfter(reached("pretrain", 3), 60),
            Killer.Moment.soonAfter(Event.Restarted.class::isInstance, 600),
            Killer.Moment.at(LostRankIT::changesStage),
            Killer.Moment.inSaveAfter(reached("finetune", 9)),
            Killer.Moment.soonAfter(reached("finetune", 16), 60),
            Killer.Moment.inSaveAfter(reached("finetune", 22)),
            Killer.Moment.at(Event.EvaluationProgress.class::isInstance));
    Path checkpoints = Runs.checkpointFolder(job.plan(output));
    try (Killer killer = new Killer(moments, checkpoints, seed)) {
      TinyRun run = TinyRun.of(job, output, killer).done();

      assertThat(killer.left()).isZero();
      assertThat(run.events(Event.Restarted.class))
          .hasSize(moments.size())
          .allSatisfy(restart -> assertThat(restart.message()).contains("killed", "SIGKILL"));
      assertSameAsUndisturbed(run);
    }
  }

  /** Each rank writes its share: a kill in a save may leave one of them, both, or none. */
  @Test
  void killsOfRanksThatKeepAPartOfEverythingChangeNothing() throws IOException {
    TinyJob sharded =
        job.with("sharding", "parameters")
            .with("pretrainSteps", 4)
            .with("every", 3)
            .withoutEvaluation();
    TinyRun alone = TinyRun.of(sharded, folder.resolve("sharded")).done();
    Path output = folder.resolve("sharded-killed");
    List<Killer.Moment> moments =
        List.of(
            Killer.Moment.inSaveAfter(reached("finetune", 2)),
            Killer.Moment.soonAfter(reached("finetune", 11), 60),
            Killer.Moment.inSaveAfter(reached("finetune", 20)));
    try (Killer killer = new Killer(moments, Runs.checkpointFolder(sharded.plan(output)), 3)) {
      TinyRun run = TinyRun.of(sharded, output, killer).done();

      assertThat(killer.left()).isZero();
      assertThat(run.events(Event.Restarted.class)).hasSize(moments.size());
      assertThat(run.lastCheckpoint().resolve("optimizer-1.safetensors")).exists();
      Same.checkpoints(run.lastCheckpoint(), alone.lastCheckpoint());
      assertThat(run.losses()).isEqualTo(alone.losses());
    }
  }

  @Test
  void aRankThatHangsIsFoundWithItsStacksAndReplaced() throws IOException {
    AtomicBoolean stopped = new AtomicBoolean();
    Predicate<Event> moment = step("finetune", 7);

    TinyRun run =
        TinyRun.of(
                job.with("hangTimeout", "3s"),
                folder.resolve("hung"),
                event -> {
                  if (moment.test(event) && stopped.compareAndSet(false, true)) {
                    long rank = RankProcesses.ofThisProcess().any(new Random(1)).pid();
                    RankProcesses.signal("STOP", rank);
                  }
                })
            .done();

    assertThat(run.events(Event.Restarted.class))
        .singleElement()
        .satisfies(restart -> assertThat(restart.reason()).isEqualTo("HANG"))
        .satisfies(restart -> assertThat(restart.message()).contains("made no progress", "stacks"));
    Path evidence = run.output().resolve("evidence");
    assertThat(List.of(0, 1))
        .extracting(rank -> evidence.resolve("attempt-1-rank-" + rank + ".txt"))
        .anySatisfy(stacks -> assertThat(stacks).content().contains("OptimizerStep"))
        .anySatisfy(stacks -> assertThat(stacks).content().contains("did not answer"));
    assertSameAsUndisturbed(run);
  }

  private static void assertSameAsUndisturbed(TinyRun run) throws IOException {
    Same.checkpoints(run.lastCheckpoint(), undisturbed.lastCheckpoint());
    assertThat(run.scores()).isEqualTo(undisturbed.scores()).isNotEmpty();
    assertThat(run.losses()).isEqualTo(undisturbed.losses());
  }

  private static Predicate<Event> step(String stage, long number) {
    return event ->
        event instanceof Event.Step step && step.stage().equals(stage) && step.step() == number;
  }

  /** Steps may pass by while a rank is about to be killed. */
  private static Predicate<Event> reached(String stage, long number) {
    return event ->
        event instanceof Event.Step step && step.stage().equals(stage) && step.step() >= number;
  }

  private static boolean changesStage(Event event) {
    return event instanceof Event.StageStarted started && started.stage().equals("finetune");
  }
}
