package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.api.job.ClaimPath;
import io.litoperator.api.job.JobJson;
import io.litoperator.api.job.Sources;
import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.ModelSpec;
import io.litoperator.api.v1alpha1.StageSpec;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.report.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The jobs of {@code examples/paper}: a cluster takes them, eight GPUs of 80 GiB hold them, their
 * numbers are the paper's, and a model's fine-tunes differ in their objective alone.
 */
class PaperJobsTest {
  private static final Path FOLDER = Path.of("../examples/paper");
  private static final String PRETRAIN = "pretrain.yaml";
  private static final String JUDGED = "lit-judged.yaml";

  /** A model of the hub at a commit; its name is the first group. */
  private static final Pattern PINNED = Pattern.compile("hf://[^/\"]+/([^/@\"]+)@[0-9a-f]{40}");

  /** Samples of LLaVA-Pretrain. */
  private static final int CAPTIONS = 558_128;

  @TempDir Path folder;

  static Stream<Path> models() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  static Stream<Path> jobs() throws IOException {
    return models().flatMap(PaperJobsTest::jobsOf);
  }

  private static Stream<Path> jobsOf(Path model) {
    try (Stream<Path> files = Files.list(model)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> fineTunes(Path model) {
    return jobsOf(model)
        .filter(file -> !file.endsWith(PRETRAIN) && !file.endsWith(JUDGED))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jobs")
  void fitsOnEightGpus(Path file) throws IOException {
    Path mounted = folder.resolve("job.yaml");
    Files.writeString(
        mounted, PINNED.matcher(Files.readString(file)).replaceAll("pvc://models/$1"));
    LitTrainingJob job = JobFile.read(mounted, Venue.CLUSTER);
    Path claims = claims(job, pretraining(file));

    String told =
        lit("plan", mounted.toString(), "--claims", claims.toString(), "--gpu-memory", "80GiB");

    assertThat(told)
        .contains("fits with microBatchSize " + stage(job).microBatchSize().getIntVal() + ".");
    assertThat(job.getSpec().topology().nodes() * job.getSpec().topology().ranksPerNode())
        .isEqualTo(8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void fineTunesDifferInTheirObjectiveAlone(Path model) {
    List<Path> files = fineTunes(model);
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .contains("vit.yaml", "lit.yaml");
    Set<JsonNode> rest = new HashSet<>();
    Set<JsonNode> objectives = new HashSet<>();
    for (Path file : files) {
      ObjectNode tree = JobJson.of(JobFile.admit(file));
      String name = file.getFileName().toString().replace(".yaml", "");
      assertThat(tree.withObject("/metadata").remove("name").asText())
          .isEqualTo(model.getFileName().toString().replace('.', '-') + "-" + name);
      objectives.add(tree.withObject("/spec/finetune").remove("objective"));
      rest.add(tree);
    }
    assertThat(rest).hasSize(1);
    assertThat(objectives).hasSameSizeAs(files);

    ObjectNode vit = objective(model.resolve("vit.yaml"));
    ObjectNode lit = objective(model.resolve("lit.yaml"));
    assertThat(vit.remove("name").asText()).isEqualTo("VIT");
    assertThat(lit.remove("name").asText()).isEqualTo("LIT");
    assertThat(vit).isEqualTo(lit);
  }

  private static ObjectNode objective(Path file) {
    return JobJson.of(JobFile.admit(file)).withObject("/spec/finetune/objective");
  }

  @Test
  void theJudgedJobHasTwoTasksMore() {
    Path folder = FOLDER.resolve("llava-1.5-7b");
    ObjectNode judged = JobJson.of(JobFile.admit(folder.resolve(JUDGED)));
    ObjectNode lit = JobJson.of(JobFile.admit(folder.resolve("lit.yaml")));
    ObjectNode evaluate = judged.withObject("/spec/evaluate");
    ArrayNode tasks = evaluate.withArray("/tasks");

    assertThat(evaluate.remove("judge").at("/secretKeyRef/name").asText()).isEqualTo("judge");
    assertThat(tasks.remove(tasks.size() - 1).get("name").asText()).isEqualTo("mmhal");
    assertThat(tasks.remove(tasks.size() - 1).get("name").asText()).isEqualTo("hallusionbench");
    judged.withObject("/metadata").put("name", "llava-1-5-7b-lit");
    assertThat(judged).isEqualTo(lit);
  }

  /** They come once for all jobs, and are the same whenever they come. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("jobs")
  void whatComesFromTheHubIsPinnedAndKept(Path file) {
    LitTrainingJob job = JobFile.admit(file);
    List<String> hub =
        Sources.of(job.getSpec()).stream()
            .map(Sources.Source::location)
            .filter(location -> location.startsWith("hf://"))
            .toList();

    assertThat(hub).allMatch(PINNED.asMatchPredicate());
    if (!hub.isEmpty()) {
      assertThat(job.getSpec().data().cache()).startsWith("pvc://models/");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void fineTunesBeginWhereThePretrainingEnds(Path model) {
    LitTrainingJob pretraining = JobFile.admit(model.resolve(PRETRAIN));
    int batch = pretraining.getSpec().pretrain().globalBatchSize();
    int steps = (CAPTIONS + batch - 1) / batch;
    String end =
        "%s/%s/pretrain-%d"
            .formatted(
                pretraining.getSpec().checkpoints().destination(),
                pretraining.getMetadata().getName(),
                steps);

    assertThat(fineTunes(model))
        .allSatisfy(
            file -> assertThat(JobFile.admit(file).getSpec().model().from()).isEqualTo(end));
  }

  /**
   * Samples are cut as the references cut, to no more than the language model has positions for.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everySampleHasRoom(Path model) {
    LitTrainingJob pretraining = JobFile.admit(model.resolve(PRETRAIN));
    ModelConfig config = describe(pretraining).config();

    assertThat(jobsOf(model))
        .allSatisfy(
            file -> {
              ModelSpec spec = JobFile.admit(file).getSpec().model();
              assertThat(spec.maxRows())
                  .isEqualTo(spec.maxLength())
                  .isLessThanOrEqualTo(config.text().maxPositions());
            });
  }

  /** LLaVA's is torch's Linear, TinyLLaVA's is drawn as transformers draws. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void theConnectorStartsAsTheReferences(Path model) {
    boolean tiny = model.getFileName().toString().startsWith("tinyllava");
    assertThat(JobFile.admit(model.resolve(PRETRAIN)).getSpec().model().connectorInit())
        .isEqualTo(tiny ? null : ModelSpec.ConnectorInit.UNIFORM);
  }

  /** Batch, learning rate and clipping of both stages, what the second trains, pictures, list. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "llava-1.5 | 256 | 1e-3 |   | 128 | 2e-5 |   | pad    | PAPER",
        "tinyllava | 256 | 1e-3 |   | 128 | 2e-5 |   | square | PAPER",
        "llava-next| 128 | 1e-3 | 1 | 32  | 1e-5 | 1 | anyres | PAPER_LLAVA_NEXT",
      })
  void numbersAreThePapers(
      String family,
      int firstBatch,
      double firstRate,
      Double firstClip,
      int batch,
      double rate,
      Double clip,
      String aspect,
      String templates)
      throws IOException {
    List<Path> models =
        models().filter(model -> model.getFileName().toString().startsWith(family)).toList();
    assertThat(models).hasSizeGreaterThanOrEqualTo(2);
    for (Path model : models) {
      LitTrainingJob first = JobFile.read(model.resolve(PRETRAIN), Venue.CLUSTER);
      recipe(first, first.getSpec().pretrain(), firstBatch, firstRate, firstClip, "square");
      assertThat(first.getSpec().pretrain().trainable()).hasToString("[CONNECTOR]");
      LitTrainingJob second = JobFile.read(model.resolve("lit.yaml"), Venue.CLUSTER);
      recipe(second, second.getSpec().finetune(), batch, rate, clip, aspect);
      boolean all = family.equals("llava-next");
      assertThat(second.getSpec().finetune().trainable())
          .hasToString((all ? "[VISION_TOWER, " : "[") + "CONNECTOR, LANGUAGE_MODEL]");
      if (all) {
        assertThat(second.getSpec().finetune().learningRates().visionTower()).isEqualTo(2e-6);
      } else {
        assertThat(second.getSpec().finetune().learningRates()).isNull();
      }
      assertThat(second.getSpec().finetune().objective().templates().builtin())
          .hasToString(templates);
    }
  }

  private static void recipe(
      LitTrainingJob job, StageSpec stage, int batch, double rate, Double clip, String aspect) {
    assertThat(stage.globalBatchSize()).isEqualTo(batch);
    assertThat(stage.epochs()).isEqualTo(1);
    assertThat(stage.optimizer().learningRate()).isEqualTo(rate);
    assertThat(stage.optimizer().clipNorm()).isEqualTo(clip);
    assertThat(stage.optimizer().betas()).containsExactly(0.9, 0.999);
    assertThat(stage.optimizer().epsilon()).isEqualTo(1e-8);
    assertThat(stage.optimizer().weightDecay()).isZero();
    assertThat(stage.optimizer().warmupRatio()).isEqualTo(0.03);
    assertThat(job.getSpec().model().images().aspect()).hasToString(aspect.toUpperCase());
    assertThat(job.getSpec().precision()).hasToString("BF16");
    assertThat(job.getSpec().seed()).isEqualTo(42);
  }

  /** What a command that ends well says. */
  private static String lit(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream told = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code = Lit.execute(new Console(told, told, Screen::plain), arguments);
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    return text;
  }

  private static StageSpec stage(LitTrainingJob job) {
    return job.getSpec().pretrain() != null ? job.getSpec().pretrain() : job.getSpec().finetune();
  }

  private static LitTrainingJob pretraining(Path file) {
    return JobFile.admit(file.resolveSibling(PRETRAIN));
  }

  /** Claims with empty files for data, and the models' configurations. */
  private Path claims(LitTrainingJob job, LitTrainingJob pretraining) throws IOException {
    for (Sources.Source source : Sources.of(job.getSpec())) {
      ClaimPath path = ClaimPath.parse(source.location()).orElseThrow();
      Path place = folder.resolve(path.claim()).resolve(path.path().replace("*", "0"));
      if (source.field().startsWith("spec.model.")) {
        Files.createDirectories(place);
        Files.writeString(place.resolve("config.json"), config(source, pretraining));
      } else if (place.getFileName().toString().contains(".")) {
        Files.createDirectories(place.getParent());
        Files.createFile(place);
      } else {
        Files.createDirectories(place);
      }
    }
    return folder;
  }

  private static String config(Sources.Source source, LitTrainingJob pretraining)
      throws IOException {
    return source.field().equals("spec.model.from")
        ? new ObjectMapper().writeValueAsString(describe(pretraining).json())
        : Files.readString(published(source.location()).resolve("config.json"));
  }

  /** The model that a pretraining makes. */
  private static ModelDescription describe(LitTrainingJob pretraining) {
    var model = pretraining.getSpec().model();
    Path languageModel = published(model.languageModel().source());
    int vocabulary = ModelDescription.vocabularyOf(languageModel);
    return ModelDescription.ofParts(
        languageModel,
        published(model.visionTower().source()),
        model.visionTower().featureLayer(),
        true,
        vocabulary,
        vocabulary + 2);
  }

  private static Path published(String source) {
    String name = source.substring(source.lastIndexOf('/') + 1).replaceFirst("@.*", "");
    try {
      return Path.of(PaperJobsTest.class.getResource("paper/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
