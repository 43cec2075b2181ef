package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that find unusable checkpoints, or cannot write one. */
@Timeout(240)
class CheckpointFaultIT {
  private static final String WEIGHTS = "model-00001-of-00001.safetensors";

  @TempDir static Path folder;
  private static TinyJob job;
  private static TinyRun undisturbed;

  /** As if the undisturbed run had been stopped at its end, before anyone knew that it was done. */
  private Path output;

  private Path checkpoints;

  @BeforeAll
  static void runUndisturbed() {
    job = TinyJob.in(folder.resolve("job")).withoutEvaluation();
    undisturbed = TinyRun.of(job, folder.resolve("undisturbed")).done();
  }

  @BeforeEach
  void copyOutput(TestInfo test) throws IOException {
    output =
        Folders.copy(
            undisturbed.output(), folder.resolve(test.getTestMethod().orElseThrow().getName()));
    Files.delete(output.resolve("done"));
    checkpoints = Runs.checkpointFolder(job.plan(output));
  }

  @Test
  void damagedCheckpointsArePassedOverForTheNewestSoundOne() throws IOException {
    truncate(checkpoints.resolve("finetune-30").resolve(WEIGHTS));
    alter(checkpoints.resolve("finetune-25").resolve(WEIGHTS));
    Files.delete(checkpoints.resolve("finetune-20").resolve("manifest.json"));

    TinyRun resumed = TinyRun.resumed(job, output).done();

    assertThat(resumed.notices())
        .anySatisfy(notice -> assertThat(notice).contains("finetune-30", WEIGHTS, "bytes instead"))
        .anySatisfy(notice -> assertThat(notice).contains("finetune-25", WEIGHTS, "altered"))
        .anySatisfy(notice -> assertThat(notice).contains("finetune-20", "manifest.json"));
    assertThat(resumed.events(Event.StageStarted.class))
        .singleElement()
        .satisfies(stage -> assertThat(stage.fromStep()).isEqualTo(15));
    Same.checkpoints(resumed.lastCheckpoint(), undisturbed.lastCheckpoint());
  }

  @Test
  void aChangedJobDoesNotGoOn() throws IOException {
    TinyJob changed = job.with("finetuneOptimizer", "learningRate: 1e-3, clipNorm: 1.0");

    Failure failure = TinyRun.resumed(changed, output).failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure)
        .hasMessageContaining("finetune-30 was saved by a different job")
        .hasMessageContaining("finetune.optimizer.learningRate was 0.003 and is 0.001");
    assertNothingLost();
  }

  @Test
  void anotherModelDoesNotGoOn() throws IOException {
    TinyJob other = TinyJob.in(folder.resolve("other-job"));
    Path config = other.folder().resolve("language-model/config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"intermediate_size\": 128", "\"intermediate_size\": 96"));

    Failure failure = TinyRun.resumed(other.with("every", 5), output).failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure)
        .hasMessageContaining("finetune-30 is of another model")
        .hasMessageContaining("mlp.down_proj.weight is [64, 128] there and [64, 96]");
    assertNothingLost();
  }

  /** A limit on the size of files stops a write as a full disk does, and needs no disk to fill. */
  @Test
  void aDiskThatTakesNoMoreEndsTheRunAndKeepsWhatIsThere() throws Exception {
    Folders.delete(checkpoints.resolve("finetune-30"));
    Folders.delete(checkpoints.resolve("finetune-25"));
    RunPlan plan = job.plan(output);
    LocalRun.Options resume = new LocalRun.Options(output, List.of(), 1, true);
    List<String> confined = List.of("sh", "-c", "ulimit -f 500; exec \"$@\"", "sh");

    try (TinyProcess run =
        TinyProcess.start(confined, plan, folder.resolve("confined.json"), resume)) {
      assertThat(run.rest())
          .last()
          .asString()
          .contains("Checkpoint finetune-25 could not be written", "File too large")
          .contains("older checkpoints are kept");
      assertThat(run.exitCode()).isEqualTo(ExitCode.STORAGE.code());
    }
    assertThat(Folders.names(checkpoints))
        .filteredOn(name -> name.startsWith("finetune-"))
        .last()
        .isEqualTo("finetune-20");
    Checkpoint.open(checkpoints.resolve("finetune-20"));
  }

  /** A pipe to which nobody writes answers as a dead mount does: never. */
  @Test
  void aDestinationThatNeverAnswersIsAHangThoughAllRanksSave() throws IOException {
    TinyJob impatient = job.with("hangTimeout", "5s").with("maxRestarts", 0);
    Path silent = folder.resolve("silent");

    Failure failure =
        TinyRun.of(
                impatient,
                silent,
                event -> {
                  if (event instanceof Event.StageStarted) {
                    fallSilent(Runs.checkpointFolder(impatient.plan(silent)));
                  }
                })
            .failure();

    assertThat(failure.exitCode()).isEqualTo(ExitCode.HANG);
    assertThat(failure)
        .hasMessageContaining("Rank 0 is saving")
        .hasMessageContaining("checkpoints/tiny/pretrain-")
        .hasMessageContaining("got no further since");
    assertThat(silent.resolve("evidence/attempt-1-rank-0.txt"))
        .content()
        .contains("checkpoint-writer", "AttemptFile");
  }

  /** What every save asks, before it changes anything, is not answered any more. */
  private static void fallSilent(Path checkpoints) {
    Path pipe = checkpoints.resolve("pipe");
    try {
      new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor();
      Files.move(pipe, checkpoints.resolve("attempt.json"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertNothingLost() throws IOException {
    assertThat(Folders.names(checkpoints)).isEqualTo(Folders.names(undisturbed.checkpoints()));
    Same.checkpoints(checkpoints.resolve("finetune-30"), undisturbed.lastCheckpoint());
  }

  private static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
  }

  private static void alter(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
