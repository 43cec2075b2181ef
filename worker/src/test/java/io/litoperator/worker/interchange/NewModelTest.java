package io.litoperator.worker.interchange;

import static io.litoperator.worker.torch.DType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConnectorInit;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.FeatureSelect;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plain language model and a plain vision tower become a model that sees. */
class NewModelTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 450;

  @TempDir Path folder;
  private Path languageModel;
  private Path tower;

  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @BeforeEach
  void writeParts() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    ObjectNode config = (ObjectNode) JSON.readTree(model.resolve("config.json").toFile());
    tower = folder.resolve("tower");
    Rewritten.part(model, TensorNames.VISION_TOWER, t -> t, tower);
    JSON.writeValue(tower.resolve("config.json").toFile(), config.path("vision_config"));
    Files.move(
        model.resolve("preprocessor_config.json"), tower.resolve("preprocessor_config.json"));

    languageModel = folder.resolve("language-model");
    Rewritten.part(model, TensorNames.LANGUAGE_MODEL, NewModelTest::cut, languageModel);
    JSON.writeValue(
        languageModel.resolve("config.json").toFile(),
        config.withObject("/text_config").put("vocab_size", ROWS));
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(model.resolve("tokenizer.json").toFile());
    tokenizer.withArray("added_tokens").removeIf(token -> token.get("id").asInt() >= ROWS);
    ObjectNode vocabulary = tokenizer.withObject("/model/vocab");
    vocabulary.remove(
        vocabulary.properties().stream()
            .filter(e -> e.getValue().asInt() >= ROWS)
            .map(Map.Entry::getKey)
            .toList());
    JSON.writeValue(languageModel.resolve("tokenizer.json").toFile(), tokenizer);
    JSON.writeValue(
        languageModel.resolve("tokenizer_config.json").toFile(),
        Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<unk>"));
  }

  /** The vocabulary's first rows. */
  private static NamedTensor cut(NamedTensor tensor) {
    if (tensor.shape()[0] != 512) {
      return tensor;
    }
    int width = (int) tensor.shape()[1];
    ByteBuffer data = tensor.data().iterator().next().slice(0, ROWS * width * Float.BYTES);
    return NamedTensor.of(tensor.name(), DType.F32, new long[] {ROWS, width}, data);
  }

  @Test
  void theVocabularyGrowsByTwoTokensToAMultipleOf64() {
    Weights own = Weights.open(languageModel);
    try (ModelSources sources = ModelSources.open(plan());
        VisionLanguageModel model = sources.build(3, FLOAT32)) {
      assertThat(sources.tokenizer().idOf("<image>")).contains(ROWS);
      assertThat(sources.tokenizer().padding().get().id()).isEqualTo(ROWS + 1);
      assertThat(sources.description().config().text().vocabularySize()).isEqualTo(512);
      assertThat(sources.description().config().imageToken()).isEqualTo(ROWS);
      assertThat(sources.description().json().path("text_config").path("vocab_size").asInt())
          .isEqualTo(512);
      for (String name : List.of("model.embed_tokens.weight", "lm_head.weight")) {
        float[] grown = values(model, "language_model." + name);
        float[] before = own.floats(name);
        assertThat(Arrays.copyOf(grown, before.length)).isEqualTo(before);
        assertThat(Arrays.copyOfRange(grown, before.length, grown.length)).doesNotContain(0f);
      }
      assertThat(values(model, "language_model.model.norm.weight"))
          .isEqualTo(own.floats("model.norm.weight"));
    }
  }

  /** As some programs save them; the two would get different rows. */
  @Test
  void aTiedVocabularyThatIsThereTwiceGrowsOnce() throws IOException {
    Path config = languageModel.resolve("config.json");
    JSON.writeValue(
        config.toFile(),
        ((ObjectNode) JSON.readTree(config.toFile())).put("tie_word_embeddings", true));
    Path twice = folder.resolve("twice");
    Rewritten.changed(
        languageModel,
        tensors -> {
          tensors.removeIf(t -> t.name().equals("lm_head.weight"));
          NamedTensor table =
              tensors.stream()
                  .filter(t -> t.name().equals("model.embed_tokens.weight"))
                  .findAny()
                  .get();
          tensors.add(Rewritten.renamed(table, "lm_head.weight"));
        },
        twice);
    Files.move(
        twice.resolve("model.safetensors"),
        languageModel.resolve("model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    float[] own = Weights.open(languageModel).floats("model.embed_tokens.weight");
    try (ModelSources sources = ModelSources.open(plan());
        VisionLanguageModel model = sources.build(3, FLOAT32)) {
      float[] grown = values(model, "language_model.model.embed_tokens.weight");
      assertThat(Arrays.copyOf(grown, own.length)).isEqualTo(own);
      assertThat(grown).hasSize(own.length / ROWS * 512);
    }
  }

  /** Each picture would be cut into others' memory. */
  @Test
  void picturesOfAnotherSizeThanTheTowersAreRefused() throws IOException {
    Files.writeString(tower.resolve("preprocessor_config.json"), "{\"size\": 64}");
    try (ModelSources sources = ModelSources.open(plan())) {
      assertThatThrownBy(() -> sources.images(Stage.FINETUNE))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_DATA))
          .hasMessageContaining(
              tower.resolve("preprocessor_config.json")
                  + " makes pictures of 224×224, but the tower takes 64×64")
          .hasMessageContaining(tower.resolve("config.json").toString());
      Files.writeString(
          tower.resolve("preprocessor_config.json"), "{\"size\": 64, \"do_center_crop\": false}");
      assertThatThrownBy(() -> sources.images(Stage.FINETUNE))
          .hasMessageContaining("makes pictures of differing sizes");
    }
  }

  /** LLaVA's mm_projector is torch's Linear, which draws from ±1/√in, biases too. */
  @Test
  void theConnectorStartsAsTheJobSays() {
    float[][] normal = connector(ConnectorInit.NORMAL);
    float[][] uniform = connector(ConnectorInit.UNIFORM);
    int in = normal[0].length / normal[1].length;
    int hidden = normal[1].length;
    assertThat(normal[1]).containsOnly(0f);
    assertThat(normal[3]).containsOnly(0f);
    assertThat(deviation(normal[0])).isCloseTo(0.02, within(0.002));
    double[] bounds = {
      1 / Math.sqrt(in), 1 / Math.sqrt(in), 1 / Math.sqrt(hidden), 1 / Math.sqrt(hidden)
    };
    for (int i = 0; i < uniform.length; i++) {
      float bound = (float) bounds[i];
      for (float value : uniform[i]) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo(bound);
      }
      assertThat(deviation(uniform[i])).isCloseTo(bound / Math.sqrt(3), within(0.15 * bound));
    }
  }

  private float[][] connector(ConnectorInit init) {
    ModelPlan plan = plan(init);
    try (ModelSources sources = ModelSources.open(plan);
        VisionLanguageModel model = sources.build(3, FLOAT32)) {
      return Stream.of("1.weight", "1.bias", "2.weight", "2.bias")
          .map(name -> values(model, "multi_modal_projector.linear_" + name))
          .toArray(float[][]::new);
    }
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void ranksAndRunsGetTheSameRows() {
    try (ModelSources sources = ModelSources.open(plan());
        VisionLanguageModel first = sources.build(3, FLOAT32);
        VisionLanguageModel second = sources.build(3, FLOAT32);
        VisionLanguageModel other = sources.build(4, FLOAT32)) {
      String name = "language_model.lm_head.weight";
      assertThat(values(first, name)).isEqualTo(values(second, name));
      assertThat(values(first, name)).isNotEqualTo(values(other, name));
    }
  }

  @Test
  void theModelsFolderHoldsTheGrownTokenizer() throws IOException {
    ModelPlan plan = plan();
    String ends = "{\"eos_token_id\": [2, 5]}";
    Files.writeString(languageModel.resolve("generation_config.json"), ends);
    try (ModelSources sources = ModelSources.open(plan)) {
      Path written = Files.createDirectories(folder.resolve("written"));
      for (Map.Entry<String, byte[]> file :
          ModelFolder.sideFiles(plan, sources.description()).entrySet()) {
        Files.write(written.resolve(file.getKey()), file.getValue());
      }
      try (Tokenizer tokenizer = Tokenizer.open(written)) {
        assertThat(tokenizer.idOf(TokenizerFolder.IMAGE)).contains(ROWS);
        assertThat(tokenizer.vocabularySize()).isEqualTo(ROWS + 2);
      }
      assertThat(written.resolve("generation_config.json")).hasContent(ends);
    }
  }

  @Test
  void rowsToSpareAreTakenFirst() throws IOException {
    Path config = languageModel.resolve("config.json");
    JSON.writeValue(
        config.toFile(), ((ObjectNode) JSON.readTree(config.toFile())).put("vocab_size", 470));
    Files.delete(languageModel.resolve("model.safetensors"));
    try (ModelSources sources = ModelSources.open(plan())) {
      assertThat(sources.description().config().text().vocabularySize()).isEqualTo(470);
    }
  }

  private static float[] values(VisionLanguageModel model, String name) {
    Parameters parameters = model.parameters();
    float[][] found = new float[1][];
    parameters.forEachPart(
        Set.copyOf(parameters.layout().blocks()),
        (part, tensor) -> {
          if (part.name().equals(name)) {
            found[0] = tensor.toFloats();
          }
        });
    return found[0];
  }

  private ModelPlan plan() {
    return plan(ConnectorInit.NORMAL);
  }

  private ModelPlan plan(ConnectorInit init) {
    return new ModelPlan(
        Optional.of(languageModel),
        Optional.of(tower),
        Optional.empty(),
        ConversationTemplate.VICUNA_V1,
        Optional.empty(),
        ImageAspect.SQUARE,
        List.of(),
        -2,
        FeatureSelect.DEFAULT,
        64,
        Optional.empty(),
        init);
  }
}
