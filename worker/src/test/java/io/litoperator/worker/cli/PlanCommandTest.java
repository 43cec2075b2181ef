package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.interchange.TinyModel;
import io.litoperator.worker.report.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that fine-tune a model of LLaVA-1.5-7B's shapes on eight ranks, 16 samples each a step. */
class PlanCommandTest {
  @TempDir Path folder;
  private Path file;
  private String told;

  @BeforeEach
  void writeModelAndJob() throws IOException {
    Files.writeString(
        Files.createDirectories(folder.resolve("model")).resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 32000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": 1024,
           "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16,
           "image_size": 336, "patch_size": 14},
         "text_config": {"model_type": "llama", "vocab_size": 32064, "hidden_size": 4096,
           "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32}}
        """);
    file = TinyModel.job(folder, TinyModel.sample("a", "seen.png"));
    set("globalBatchSize: 1", "globalBatchSize: 128");
    set("maxLength: 64", "maxLength: 2048");
    set("ranksPerNode: 1", "ranksPerNode: 8");
    set("sharding: none", "sharding: parameters");
    set("precision: fp32", "precision: bf16");
  }

  private void set(String line, String other) throws IOException {
    String job = Files.readString(file);
    assertThat(job).contains(line);
    Files.writeString(file, job.replace(line, other));
  }

  private int plan(String... more) {
    return execute("--gpu-memory", "80GiB", "--tflops", "400", more[0], more[1]);
  }

  private int execute(String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);
    List<String> arguments = new ArrayList<>(List.of("plan", file.toString()));
    arguments.addAll(List.of(more));
    int code =
        Lit.execute(new Console(console, console, Screen::plain), arguments.toArray(String[]::new));
    told = out.toString(StandardCharsets.UTF_8);
    return code;
  }

  @Test
  void inTf32AJobTakesTheMemoryOfFp32() throws IOException {
    microBatch("1");
    set("device: cpu", "device: cuda");
    set("precision: bf16", "precision: fp32");
    assertThat(plan("--gpus", "64")).as(told).isZero();
    String table = told;

    set("precision: fp32", "precision: tf32");
    assertThat(plan("--gpus", "64")).as(told).isZero();
    assertThat(told).contains("64 ranks, tf32,").isEqualTo(table.replace("fp32", "tf32"));
  }

  /** This process may not compute in TF32, so that it would measure fp32. */
  @Test
  void tf32IsMeasuredOnlyWhereItMayBeUsed() throws IOException {
    set("device: cpu", "device: cuda");
    set("precision: bf16", "precision: tf32");
    execute("--gpu-memory", "80GiB", "--gpus", "64");
    assertThat(told)
        .contains(
            "No times: TF32 is measured with TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1 in the environment;"
                + " give --tflops.");
  }

  private void microBatch(String size) throws IOException {
    set("globalBatchSize: 128", "globalBatchSize: 128\n    microBatchSize: " + size);
  }

  /** Without a size a job takes 16, a rank's whole share. */
  @Test
  void aMicroBatchThatIsTooLargeIsRefusedThoughASmallerOneFits() throws IOException {
    assertThat(plan("--gpus", "8")).as(told).isEqualTo(64);
    assertThat(told)
        .containsPattern(
            "does not fit: a micro-batch of 16 needs [0-9.]+ of 80.00 GiB; set microBatchSize: 4\\.");

    microBatch("4");
    assertThat(plan("--gpus", "8")).as(told).isZero();
    assertThat(told).contains("fits with microBatchSize 4.");

    set("microBatchSize: 4", "microBatchSize: auto");
    assertThat(plan("--gpus", "8")).as(told).isZero();
    assertThat(told).contains("fits; microBatchSize: auto is 4.");
  }

  @Test
  void aMicroBatchIsNoLargerThanARanksShare() throws IOException {
    microBatch("16");
    assertThat(plan("--gpus", "64")).as(told).isZero();
    assertThat(told).contains("fits with microBatchSize 2.");
  }

  /** Also one for CPUs, which is planned as it would be with another device alone. */
  @Test
  void aJobIsPlannedInItsOwnPrecision() throws IOException {
    microBatch("4");
    assertThat(plan("--gpus", "8")).as(told).isZero();
    assertThat(told).contains("finetune: 8 ranks, bf16, 80.00 GiB a rank");

    set("precision: bf16", "precision: fp32");
    assertThat(plan("--gpus", "8")).as(told).isEqualTo(64);
    assertThat(told).contains("finetune: 8 ranks, fp32, 80.00 GiB a rank");
  }
}
