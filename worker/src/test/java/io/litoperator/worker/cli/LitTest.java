package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines, from their arguments to exit code, output and errors. */
class LitTest {
  @TempDir Path folder;

  private final CapturedLit lit = new CapturedLit();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "no command | '' | 64 | Missing required subcommand",
        "unknown command | rnu | 64 | Did you mean 'run'?",
        "unknown option | run job.yaml --compar VIT | 64 | --compare",
        "no job | run | 64 | Missing required parameter: 'JOB'",
        "unknown objective | run job.yaml --compare VIT,LOT | 64 | 'LOT' is not an objective; known are VIT, AllTokens",
        "objective twice | run job.yaml --compare LIT,lit | 64 | twice",
        "no seeds | run job.yaml --seeds 0 | 64 | --seeds must be at least 1, not 0",
        "no such job | run none.yaml | 66 | There is no job file none.yaml.",
        "no such job to check | check none.yaml | 66 | There is no job file none.yaml.",
        "no such checkpoint | export none --to there | 66 | There is no model folder none",
        "no such model | generate none --image a.png --prompt Who | 66 | There is no model folder none",
        "no such adapters | merge none --to there | 66 | There is no model folder none",
        "no ranks | evaluate m --tasks pope --data d --ranks 0 | 64 | --ranks must be at least 1, not 0",
        "no scheme | evaluate m --tasks mmhal --data d --judge-url localhost:8000 --judge-model j | 64 | --judge-url must begin with http:// or https:// and a host, not localhost:8000",
        "no tokens | generate m --image a.png --prompt Who --max-new-tokens 0 | 64 | --max-new-tokens must be at least 1, not 0",
        "no steps | bench m --steps 0 | 64 | --steps must be at least 1, not 0",
        "tf32 on CPUs | bench m --precision tf32 | 64 | --precision tf32 is of GPUs; give fp32, or --device cuda",
        "tf32 too late | generate m --image a.png --prompt Who --device cuda --precision tf32 | 64 | TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1 in the environment",
        "nowhere to write | mine-templates job.yaml --output no/where.yaml | 74 | no/where.yaml cannot be written: its folder is not there",
      })
  void mistakesAreToldInOneSentence(String name, String arguments, int code, String sentence) {
    assertThat(lit(arguments.isEmpty() ? new String[0] : arguments.split(" "))).isEqualTo(code);

    assertThat(errors()).contains(sentence).doesNotContain("\tat ");
    assertThat(output()).isEmpty();
  }

  /** But for the GPUs, with which this machine need not compute. */
  @Test
  void theExampleOfAnEvaluationHasArgumentsOfOurs() throws IOException {
    JsonNode job = new YAMLMapper().readTree(Path.of("../examples/evaluate/job.yaml").toFile());
    List<String> arguments = new ArrayList<>();
    job.at("/spec/template/spec/containers/0/args").forEach(a -> arguments.add(a.asText()));
    arguments.replaceAll(argument -> argument.replace("--device=cuda", "--device=cpu"));

    assertThat(lit(arguments.toArray(String[]::new))).isEqualTo(66);

    assertThat(errors()).contains("There is no folder of data /benchmarks.");
  }

  @Test
  void verboseShowsTheStackTrace() {
    assertThat(lit("check", "none.yaml", "--verbose")).isEqualTo(66);

    assertThat(errors()).contains("There is no job file none.yaml.", "\tat io.litoperator");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "check",
        "plan",
        "inspect",
        "mine-templates",
        "generate",
        "evaluate",
        "import",
        "export",
        "merge",
        "bench",
        "preflight"
      })
  void everyCommandHasHelpWithAnExampleAndTheExitCodes(String command) {
    assertThat(lit(command, "--help")).isZero();

    assertThat(output())
        .contains("Usage: lit " + command, "Example", "  lit " + command, "Exit codes:", "75");
  }

  @Test
  void theReadmeTellsWhatTheHelpDoes() throws IOException {
    assertThat(lit("--help")).isZero();
    String readme = Files.readString(Path.of("../README.md"));

    for (ExitCode code : ExitCode.values()) {
      assertThat(output()).containsPattern(code.code() + " +" + Pattern.quote(code.meaning()));
      assertThat(readme.replace("`", ""))
          .contains("| %d | %s |".formatted(code.code(), code.meaning()));
    }
    assertThat(
            Pattern.compile("(?m)^  ([a-z-]+)  ").matcher(output().split("Commands:")[1]).results())
        .isNotEmpty()
        .allSatisfy(command -> assertThat(readme).contains("| `lit " + command.group(1)));
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(lit("--version")).isZero();

    assertThat(output()).matches("(?s)lit \\d+\\.\\d+.* \\(libtorch 2\\..*, Java .*\\)\\s");
  }

  @Test
  void completionIsAShellScript() {
    assertThat(lit("completion")).isZero();

    assertThat(output()).contains("complete ", "--compare", "NoRoleTokens");
  }

  @Test
  void planTellsWhatFitsAndRefusesWhatDoesNot() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "none.png"));
    String[] fits = {"plan", job.toString(), "--gpu-memory", "80GiB", "--gpus", "1"};

    assertThat(lit(fits)).isZero();
    assertThat(output())
        .contains(
            "sharding", "parameters  full", "The job's own setting", "fits with microBatchSize");

    assertThat(lit("plan", job.toString(), "--memory", "16MiB")).isEqualTo(64);
    assertThat(output())
        .contains("does not fit: a micro-batch of 1 needs", "of 0.02 GiB; use devices");
    assertThat(lit("plan", job.toString())).isZero();
    assertThat(output()).containsPattern("Measured here: [0-9.e+-]+ TFLOP/s a rank");
    assertThat(lit("plan", job.toString(), "--gpus", "7")).isEqualTo(64);
    assertThat(errors()).contains("7 ranks cannot share the finetune's globalBatchSize of");
    assertThat(lit("plan", job.toString(), "--memory", "much")).isEqualTo(64);
    assertThat(errors()).contains("--memory must be a size such as 80GiB or 512MiB, not 'much'.");
    assertThat(lit("plan", job.toString(), "--tflops", "-1")).isEqualTo(64);
    assertThat(errors()).contains("--tflops must be above 0, not -1.0.");
  }

  @Test
  void checkPrintsEveryProblemAndASummary() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "none.png") + "{\"id\": \"b\"}\n");

    assertThat(lit("check", job.toString())).isEqualTo(66);

    assertThat(output().lines())
        .hasSize(3)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).startsWith("error: ").contains("none.png");
              assertThat(lines.get(1)).startsWith("error: ").contains("(id b)");
              assertThat(lines.get(2)).isEqualTo("2 errors, 0 warnings.");
            });
  }

  @Test
  void runRefusesWhatCheckFinds() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "none.png"));
    Path output = folder.resolve("output");

    assertThat(lit("run", job.toString(), "--output", output.toString())).isEqualTo(66);

    assertThat(errors()).contains("none.png");
    assertThat(output).doesNotExist();
  }

  @Test
  @DisabledIfSystemProperty(named = "lit.device", matches = "cuda")
  void runRefusesAJobForGpusBeforeAnyWorkWhereLibtorchIsForCpus() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "none.png"));
    Files.writeString(job, Files.readString(job).replace("device: cpu", "device: cuda"));

    assertThat(lit("run", job.toString())).isEqualTo(64);

    assertThat(errors()).contains("built for CPUs only", "worker-cuda").doesNotContain("none.png");
  }

  @Test
  void inspectShowsASampleAndWritesItsPage() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "seen.png"));
    Path page = folder.resolve("page.html");

    int code =
        lit("inspect", job.toString(), "--sample", "0", "--objective", "vit", "--html", page + "");

    assertThat(code).isZero();
    assertThat(output()).contains("sample a · VIT", "USER: <image>", "ASSISTANT: Me.</s>");
    assertThat(Files.readString(page)).contains("data:image/png;base64,", "tiny · sample 0");
  }

  @Test
  void inspectSaysWhichSamplesThereAre() throws IOException {
    TinyModel.write("llava-1.5", folder.resolve("model"));
    Path job = TinyModel.job(folder, TinyModel.sample("a", "seen.png"));

    assertThat(lit("inspect", job.toString(), "--sample", "1")).isEqualTo(64);
    assertThat(errors()).contains("samples 0 to 0");
    assertThat(lit("inspect", job.toString(), "--sample", "0", "--stage", "pretrain"))
        .isEqualTo(64);
    assertThat(errors()).contains("no spec.pretrain");
  }

  @Test
  void generateAnswersTheSameEveryTime() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    TinyModel.job(folder, "");
    String picture = folder.resolve("data/seen.png").toString();
    String[] command = {
      "generate", model + "", "--image", picture, "--prompt", "Who?", "--max-new-tokens", "5"
    };

    assertThat(lit(command)).isZero();
    String first = output();
    assertThat(lit(command)).isZero();

    assertThat(first.strip().split(" ")).hasSizeBetween(1, 5);
    assertThat(output()).isEqualTo(first);
  }

  private int lit(String... arguments) {
    return lit.run(arguments);
  }

  private String output() {
    return lit.output();
  }

  private String errors() {
    return lit.errors();
  }
}
