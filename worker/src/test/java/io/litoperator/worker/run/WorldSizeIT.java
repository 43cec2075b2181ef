package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a step is divided does not change what is learnt. */
@Timeout(180)
class WorldSizeIT {
  private static final double ROUNDING = 5e-5;

  @TempDir static Path folder;
  private static TinyJob job;
  private static TinyRun twoRanks;

  @BeforeAll
  static void trainOnTwoRanks() {
    job = TinyJob.in(folder.resolve("job")).with("ranks", 2);
    twoRanks = TinyRun.of(job, folder.resolve("two")).done();
  }

  @Test
  void oneTwoAndFourRanksTrainTheSame() {
    TinyJob trained = job.withoutEvaluation();
    TinyRun alone = TinyRun.of(trained.with("ranks", 1), folder.resolve("one")).done();
    TinyRun four =
        TinyRun.of(
                trained
                    .with("ranks", 4)
                    .with("microBatchSize", "auto")
                    .with("activationCheckpointing", "full"),
                folder.resolve("four"))
            .done();

    assertSameTraining(twoRanks, alone);
    assertSameTraining(four, alone);
  }

  /** Means of micro-batches depend on their size, but not on which rank has them. */
  @Test
  void oneAndTwoRanksTakeTheSameMeansOfMicroBatches() {
    TinyJob means = job.withoutEvaluation().with("normalization", "microBatch");
    TinyRun alone = TinyRun.of(means.with("ranks", 1), folder.resolve("means-of-one")).done();
    TinyRun two = TinyRun.of(means, folder.resolve("means-of-two")).done();

    assertSameTraining(two, alone);
  }

  @Test
  void shardedRanksTrainTheSameAndAnySettingGoesOnFromTheirCheckpoints() throws IOException {
    TinyJob sharded = job.with("sharding", "parameters");
    TinyRun parameters = TinyRun.of(sharded, folder.resolve("parameters")).done();

    assertSameTraining(parameters, twoRanks);
    assertThat(parameters.scores().keySet()).isEqualTo(twoRanks.scores().keySet());
    Folders.delete(parameters.lastCheckpoint());
    TinyJob rest = sharded.withoutEvaluation();
    Files.delete(new Leg(sharded.plan(parameters.output()), parameters.output()).doneFile());
    Path other = folder.resolve("other");
    Folders.copy(parameters.output(), other);
    TinyRun resumed = TinyRun.resumed(rest, parameters.output()).done();
    assertThat(Same.distance(resumed.lastCheckpoint(), twoRanks.lastCheckpoint()))
        .isLessThan(ROUNDING);
    TinyRun alone =
        TinyRun.resumed(rest.with("ranks", 1).with("sharding", "optimizer"), other).done();
    assertThat(alone.events(Event.Step.class)).hasSizeBetween(1, TinyJob.FINETUNE_STEPS);
    assertThat(Same.distance(alone.lastCheckpoint(), twoRanks.lastCheckpoint()))
        .isLessThan(ROUNDING);
  }

  private static void assertSameTraining(TinyRun actual, TinyRun expected) {
    expected
        .losses()
        .forEach(
            (step, loss) ->
                assertThat(actual.losses().get(step))
                    .as(step)
                    .isCloseTo(loss, Offset.offset(ROUNDING)));
    assertThat(Same.distance(actual.lastCheckpoint(), expected.lastCheckpoint()))
        .isLessThan(ROUNDING);
  }
}
