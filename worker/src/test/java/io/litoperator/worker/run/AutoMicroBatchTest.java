package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoMicroBatchTest {
  private static final long MIB = 1L << 20;

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();
  private TinyJob job;

  @BeforeEach
  void makeJob() {
    job = TinyJob.in(folder.resolve("job")).with("microBatchSize", "auto");
  }

  private RunPlan decide(int ranks, long memory) {
    RunPlan plan = job.plan(folder.resolve("output"));
    assertThat(plan.stages()).extracting(StagePlan::microBatchSize).containsOnly(StagePlan.AUTO);
    return AutoMicroBatch.decide(plan, ranks, memory, notices::add);
  }

  /** Of a global batch of 8. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void memoryEnoughGivesARanksWholeShare(int ranks) {
    assertThat(decide(ranks, 64_000 * MIB).stages())
        .allSatisfy(stage -> assertThat(stage.microBatchSize()).isEqualTo(8 / ranks))
        .allSatisfy(stage -> assertThat(stage.globalBatchSize()).isEqualTo(8));
    assertThat(notices)
        .hasSize(2)
        .allSatisfy(notice -> assertThat(notice).endsWith("auto is " + 8 / ranks + "."));
  }

  @Test
  void lessMemoryGivesSmallerDivisors() {
    int before = 8;
    boolean smaller = false;
    for (long memory = 330 * MIB; memory > 290 * MIB; memory -= MIB / 4) {
      int size;
      try {
        size = decide(1, memory).stages().get(0).microBatchSize();
      } catch (Failure e) {
        break;
      }
      assertThat(size).isLessThanOrEqualTo(before).isIn(1, 2, 4, 8);
      smaller |= size < 8;
      before = size;
    }
    assertThat(smaller).isTrue();
  }

  @Test
  void memoryTooSmallForOneSampleIsRefused() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> decide(2, 100 * MIB))
        .withMessageStartingWith("pretrain: The job's own setting, sharding: none")
        .withMessageContaining("does not fit: a micro-batch of 1 needs")
        .matches(failure -> failure.exitCode() == ExitCode.INVALID);
  }
}
