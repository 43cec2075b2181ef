package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.plan.RunPlan;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegRunTest {
  @TempDir Path folder;

  @Test
  void ranksMayComputeInTf32IfTheJobSaysSo() {
    TinyJob job = TinyJob.in(folder).with("device", "cuda");

    assertThat(ranksOf(job.with("precision", "tf32")).environment())
        .containsEntry("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "1");
    assertThat(ranksOf(job.with("precision", "fp32")).environment())
        .doesNotContainKey("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE");
  }

  private RankCommand ranksOf(TinyJob job) {
    RunPlan plan = job.plan(folder.resolve("output"));
    return LegRun.rankCommand(plan, folder.resolve("plan.json"));
  }
}
