package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.S3Connection;
import io.litoperator.worker.s3.S3Server;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.FaultyProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole job whose checkpoints are in a bucket, over a connection that is cut now and then. */
@Timeout(240)
class BucketRunIT {
  @TempDir Path folder;

  @Test
  void aMachineThatHasNothingGoesOnWhereAnotherWasKilled() throws Exception {
    TinyJob job = TinyJob.in(folder.resolve("job"));
    TinyRun undisturbed = TinyRun.of(job, folder.resolve("undisturbed")).done();
    try (S3Server server = S3Server.start();
        FaultyProxy proxy = FaultyProxy.to(server.port());
        S3Connection connection = server.connect(Duration.ofSeconds(10))) {
      try (TinyProcess run = start(job, "here", proxy, false)) {
        run.await(saved("pretrain", 10));
        proxy.cutOnceAfter(500_000);
        run.await(saved("finetune", 10));
        List<ProcessHandle> ranks = run.ranks().alive();
        run.process().destroyForcibly();
        for (ProcessHandle rank : ranks) {
          rank.destroyForcibly();
          rank.onExit().get(30, TimeUnit.SECONDS);
        }
      }
      assertThat(proxy.cuts()).isPositive();

      try (TinyProcess run = start(job, "elsewhere", proxy, true)) {
        List<String> told = run.rest();
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE.code());
        assertThat(told)
            .filteredOn(line -> line.contains("\"event\":\"stageStarted\""))
            .singleElement()
            .asString()
            .contains("\"stage\":\"finetune\"");
        assertThat(told).anyMatch(line -> line.contains("s3://bucket/runs/tiny/finetune-30"));
      }

      Same.checkpoints(
          folder.resolve("elsewhere/checkpoints/tiny/finetune-30"), undisturbed.lastCheckpoint());
      Bucket bucket = connection.bucket(S3Server.BUCKET);
      assertThat(bucket.folders("runs/tiny/"))
          .contains("finetune-30", "finetune-25", "predictions", "tensorboard")
          .doesNotContain("pretrain-5");
      assertThat(bucket.list("runs/tiny/"))
          .extracting(StoredObject::key)
          .contains("runs/tiny/report.html", "runs/tiny/scores.md", "runs/tiny/attempt.json");
    }
  }

  private TinyProcess start(TinyJob job, String machine, FaultyProxy proxy, boolean resume) {
    Path output = folder.resolve(machine);
    RunPlan plan = job.plan(output);
    CheckpointPlan local = plan.checkpoints();
    CheckpointPlan inBucket =
        new CheckpointPlan(
            local.everySteps(),
            local.everyTime(),
            local.keep(),
            local.destination(),
            BucketPath.parse("s3://bucket/runs"),
            local.exportHuggingFace());
    List<String> environment = new ArrayList<>(List.of("env"));
    S3Server.environment(proxy.port())
        .forEach((name, value) -> environment.add(name + "=" + value));
    return TinyProcess.start(
        environment,
        plan.withCheckpoints(inBucket),
        folder.resolve(machine + ".json"),
        new LocalRun.Options(output, List.of(), 1, resume));
  }

  private static Predicate<String> saved(String stage, int step) {
    return line ->
        line.contains("\"event\":\"checkpointSaved\"")
            && line.contains("\"stage\":\"%s\",\"step\":%d,".formatted(stage, step));
  }
}
