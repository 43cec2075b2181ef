package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in bf16. */
@Timeout(240)
class PrecisionIT {
  @TempDir static Path folder;
  private static TinyJob bf16;
  private static TinyRun undisturbed;

  @BeforeAll
  static void runUndisturbed() {
    bf16 = TinyJob.in(folder.resolve("job")).with("precision", "bf16");
    undisturbed = TinyRun.of(bf16, folder.resolve("undisturbed")).done();
  }

  @Test
  void lossesFollowThoseOfFp32() {
    List<Event.Step> rounded = undisturbed.events(Event.Step.class);
    List<Event.Step> exact =
        TinyRun.of(bf16.with("precision", "fp32").withoutEvaluation(), folder.resolve("fp32"))
            .done()
            .events(Event.Step.class);

    assertThat(rounded).hasSameSizeAs(exact).hasSizeGreaterThan(40);
    double difference = 0;
    double sum = 0;
    for (int i = 0; i < exact.size(); i++) {
      difference += Math.abs(rounded.get(i).loss() - exact.get(i).loss());
      sum += exact.get(i).loss();
    }
    assertThat(difference / sum).isLessThan(0.01);
  }

  @Test
  void aStoppedRunGoesOnInTheSameBits() throws Exception {
    Path output = folder.resolve("output");

    try (TinyProcess run =
        TinyProcess.start(
            bf16.plan(output),
            folder.resolve("plan.json"),
            new LocalRun.Options(output, List.of(), 1, false))) {
      int code =
          run.await(line -> line.contains("\"stage\":\"finetune\",\"step\":12,"))
              .signal("INT")
              .exitCode();
      assertThat(code).isEqualTo(ExitCode.INTERRUPTED.code());
    }
    TinyRun resumed = TinyRun.resumed(bf16.withoutEvaluation(), output).done();

    Same.checkpoints(resumed.lastCheckpoint(), undisturbed.lastCheckpoint());
  }
}
