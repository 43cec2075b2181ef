package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a checkpoint holds beside weights, and its export in llava-hf's layout. */
class ExportTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path target;

  @BeforeEach
  void name() {
    target = folder.resolve("exported");
  }

  @ParameterizedTest
  @CsvSource({
    "llava-1.5, 5000000000",
    "siglip-qwen2, 5000000000",
    "siglip-qwen2, 100000",
    "llava-next, 100000",
    "next-llama3, 50000",
    "next-qwen2, 50000"
  })
  void theExportIsTheSameModel(String fixture, long shardBytes) throws IOException {
    Path model = TinyModel.write(fixture, folder.resolve("model"));
    Path checkpoint = checkpoint(model, ImageAspect.SQUARE, shardBytes);

    Export.run(checkpoint, target, Progress.NONE);

    assertThat(ModelDescription.ofModel(target).config())
        .isEqualTo(ModelDescription.ofModel(model).config());
    Weights source = Weights.open(model);
    Weights exported = Weights.open(target);
    assertThat(exported.names()).containsExactlyInAnyOrderElementsOf(source.names());
    for (String name : source.names()) {
      assertThat(exported.info(name).shape()).isEqualTo(source.info(name).shape());
      assertThat(exported.data(name)).isEqualTo(source.data(name));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "ANYRES", mode = EnumSource.Mode.EXCLUDE)
  void howTheModelWasTrainedTravelsWithIt(ImageAspect aspect) throws IOException {
    Path model = TinyModel.write("siglip-qwen2", folder.resolve("model"));
    Path checkpoint = checkpoint(model, aspect, Shards.DEFAULT_BYTES);
    Export.run(checkpoint, target, Progress.NONE);

    assertThat(ModelFolder.planOf(checkpoint)).isEqualTo(plan(checkpoint, aspect));
    assertThat(ModelFolder.planOf(target)).isEqualTo(plan(target, aspect));
    JsonNode pictures = JSON.readTree(target.resolve("preprocessor_config.json").toFile());
    assertThat(pictures.path("do_pad").asBoolean()).isEqualTo(aspect == ImageAspect.PAD);
    assertThat(JSON.readTree(target.resolve("chat_template.json").toFile()).toString())
        .contains("A chat.");
  }

  @Test
  void aChatmlModelIsAskedAndEndsAsItWasTrained() throws IOException {
    Path model = TinyModel.write("siglip-qwen2", folder.resolve("model"));
    ModelPlan plan = TinyModel.plan(model, ImageAspect.SQUARE, ConversationTemplate.CHATML);
    Path checkpoint =
        TinyModel.checkpoint(model, plan, folder.resolve("checkpoints"), Shards.DEFAULT_BYTES);

    Export.run(checkpoint, target, Progress.NONE);

    assertThat(ModelFolder.planOf(target))
        .isEqualTo(TinyModel.plan(target, ImageAspect.SQUARE, ConversationTemplate.CHATML));
    Files.delete(target.resolve(ModelFolder.TRAINING));
    assertThat(ModelFolder.planOf(target).conversation())
        .as("by the processor's template alone")
        .isEqualTo(ConversationTemplate.CHATML);
    assertThat(read("chat_template.json").path("chat_template").asText())
        .contains(
            "set opening = \"<|im_start|>system\\nA chat.<|im_end|>\\n\"",
            "set human = \"<|im_start|>user\\n\"",
            "set model = \"<|im_end|>\\n<|im_start|>assistant\\n\"",
            "set lead = \"\"",
            "set end = \"<|im_end|>\\n\"");
    try (Tokenizer tokenizer = Tokenizer.open(TokenizerFolder.read(target))) {
      assertThat(read("generation_config.json").path("eos_token_id"))
          .extracting(JsonNode::asInt)
          .containsExactly(
              tokenizer.endOfSequence().id(), tokenizer.idOf("<|im_end|>").orElseThrow());
    }
  }

  private JsonNode read(String file) throws IOException {
    return JSON.readTree(target.resolve(file).toFile());
  }

  @Test
  void anExportMayBeRepeatedButNothingElseIsWrittenOver() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path checkpoint = checkpoint(model, ImageAspect.SQUARE, Shards.DEFAULT_BYTES);
    Export.run(checkpoint, target, Progress.NONE);
    Export.run(checkpoint, target, Progress.NONE);
    Files.writeString(target.resolve("thesis.tex"), "");

    Failure failure =
        catchThrowableOfType(Failure.class, () -> Export.run(checkpoint, target, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("thesis.tex");
  }

  /** As a kill would have it: the last of the files cannot take the place of what is there. */
  @Test
  void anExportThatEndsAmongItsLastRenamesLeavesNoMixtureThatLoads() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path checkpoint = checkpoint(model, ImageAspect.SQUARE, 100_000);
    Export.Form form = new Export.Form(PublishedLayout.HUGGINGFACE, Optional.of(DType.BF16));
    Export.run(checkpoint, target, Progress.NONE);
    Path last = target.resolve("tokenizer_config.json");
    Files.delete(last);
    Files.createDirectories(last.resolve("in-the-way"));

    Failure failure =
        catchThrowableOfType(
            Failure.class, () -> Export.run(checkpoint, target, form, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.STORAGE);
    assertThat(catchThrowableOfType(Failure.class, () -> ModelDescription.ofModel(target)))
        .hasMessageContaining("config.json");

    Files.delete(last.resolve("in-the-way"));
    Files.delete(last);
    Export.run(checkpoint, target, form, Progress.NONE);
    assertThat(ModelDescription.ofModel(target).config())
        .isEqualTo(ModelDescription.ofModel(model).config());
    assertThat(target.toFile().list()).noneMatch(name -> name.startsWith("."));
  }

  @Test
  void aTokenizerWithoutTheImageTokenGetsIt() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path checkpoint = checkpoint(model, ImageAspect.SQUARE, Shards.DEFAULT_BYTES);
    // As written by a training whose tokenizer had no such token.
    Path tokenizer = checkpoint.resolve("tokenizer.json");
    Files.writeString(tokenizer, Files.readString(tokenizer).replace("<image>", "<other>"));

    TokenizerFolder files = TokenizerFolder.read(checkpoint).grown();
    JsonNode added = JSON.readTree(files.files().get("tokenizer.json")).path("added_tokens");
    assertThat(added.get(added.size() - 1).path("content").asText()).isEqualTo("<image>");
    try (Tokenizer opened = Tokenizer.open(files)) {
      ModelDescription description = ModelDescription.ofModel(checkpoint);
      ModelPlan plan = ModelFolder.planOf(checkpoint);
      JsonNode config =
          JSON.readTree(
              new HuggingFaceFiles(
                      checkpoint, plan, description.config(), description.json(), files, opened)
                  .all()
                  .get("config.json"));
      assertThat(config.path("image_token_index").asInt()).isEqualTo(502);
    }
  }

  @Test
  void aModelThatALayoutCannotHoldIsRefusedWithTheReason() throws IOException {
    Path model = TinyModel.write("llava-next", folder.resolve("model"));
    Export.Form form = new Export.Form(PublishedLayout.TINYLLAVA, Optional.empty());

    Failure failure =
        catchThrowableOfType(Failure.class, () -> Export.run(model, target, form, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("TinyLLaVA has no tiles");
    assertThat(target).doesNotExist();
  }

  @Test
  void aModelIsNotWrittenOverItself() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Failure failure =
        catchThrowableOfType(
            Failure.class,
            () ->
                Export.run(
                    model,
                    model,
                    new Export.Form(PublishedLayout.HUGGINGFACE, Optional.empty()),
                    Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("holds the source itself");
  }

  @Test
  void phiIsNotExportedToTransformers() throws IOException {
    Path model = TinyModel.write("clip-phi", folder.resolve("model"));

    Failure failure =
        catchThrowableOfType(Failure.class, () -> Export.run(model, target, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("no bias").hasMessageContaining("layout tinyllava");
    assertThat(target).doesNotExist();
  }

  @Test
  void aDamagedCheckpointIsNotExported() throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Path checkpoint = checkpoint(model, ImageAspect.SQUARE, Shards.DEFAULT_BYTES);
    Files.writeString(checkpoint.resolve("config.json"), "{}");

    Failure failure =
        catchThrowableOfType(Failure.class, () -> Export.run(checkpoint, target, Progress.NONE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failure).hasMessageContaining("config.json");
  }

  private Path checkpoint(Path model, ImageAspect aspect, long shardBytes) {
    return TinyModel.checkpoint(
        model, plan(model, aspect), folder.resolve("checkpoints"), shardBytes);
  }

  private static ModelPlan plan(Path model, ImageAspect aspect) {
    return TinyModel.plan(model, aspect, ConversationTemplate.VICUNA_V1);
  }
}
