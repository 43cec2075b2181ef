package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a step is divided does not change what is learnt. */
@Timeout(180)
class WorldSizeIT {
  private static final double ROUNDING = 5e-5;

  @TempDir Path folder;
  private TinyJob job;

  @BeforeEach
  void makeJob() {
    job = TinyJob.in(folder.resolve("job"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"globalTokens", "microBatch"})
  void oneTwoAndFourRanksTrainTheSame(String normalization) {
    TinyJob normalized = job.with("normalization", normalization);
    TinyRun alone = TinyRun.of(normalized.with("ranks", 1), folder.resolve("1")).done();
    TinyRun two = TinyRun.of(normalized.with("ranks", 2), folder.resolve("2")).done();
    // As many as fit change what a micro-batch's mean is, and nothing else.
    String most = normalization.equals("globalTokens") ? "auto" : "2";
    TinyRun four =
        TinyRun.of(
                normalized
                    .with("ranks", 4)
                    .with("microBatchSize", most)
                    .with("activationCheckpointing", "full"),
                folder.resolve("4"))
            .done();

    assertSameTraining(two, alone);
    assertSameTraining(four, alone);
  }

  @Test
  void shardedRanksTrainTheSameAndAnySettingGoesOnFromTheirCheckpoints() throws IOException {
    TinyJob sharded = job.with("sharding", "parameters");
    TinyRun none = TinyRun.of(job, folder.resolve("none")).done();
    TinyRun parameters = TinyRun.of(sharded, folder.resolve("parameters")).done();

    assertSameTraining(parameters, none);
    assertThat(parameters.scores().keySet()).isEqualTo(none.scores().keySet());
    Folders.delete(parameters.lastCheckpoint());
    Files.delete(new Leg(sharded.plan(parameters.output()), parameters.output()).doneFile());
    Path other = folder.resolve("other");
    Folders.copy(parameters.output(), other);
    TinyRun resumed = TinyRun.resumed(sharded, parameters.output()).done();
    assertThat(Same.distance(resumed.lastCheckpoint(), none.lastCheckpoint())).isLessThan(ROUNDING);
    TinyRun alone =
        TinyRun.resumed(job.with("ranks", 1).with("sharding", "optimizer"), other).done();
    assertThat(alone.events(Event.Step.class)).hasSizeBetween(1, TinyJob.FINETUNE_STEPS);
    assertThat(Same.distance(alone.lastCheckpoint(), none.lastCheckpoint())).isLessThan(ROUNDING);
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
