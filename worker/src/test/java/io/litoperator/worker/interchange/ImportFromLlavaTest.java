package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models in LLaVA's own layout, as its code writes them. */
class ImportFromLlavaTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void whatLlavaSaysOfItsTrainingIsKept() throws IOException {
    Path published = asLlavaWritesIt("llava-1.5", "llava-v1.5-7b");
    Path config = published.resolve("config.json");
    ObjectNode json = (ObjectNode) JSON.readTree(config.toFile());
    json.put("image_aspect_ratio", "square").put("tokenizer_model_max_length", 99);
    JSON.writeValue(config.toFile(), json);

    ModelPlan plan = ModelFolder.planOf(imported(published));

    assertThat(plan.aspect()).isEqualTo(ImageAspect.SQUARE);
    assertThat(plan.maxLength()).isEqualTo(99);
  }

  @ParameterizedTest
  @CsvSource({
    "llava-1.5, llava-v1.5-7b, VICUNA_V1",
    "next-mistral, models--liuhaotian--llava-v1.6-mistral-7b/snapshots/0f, MISTRAL",
    "next-llama3, models--lmms-lab--llama3-llava-next-8b/snapshots/0f, LLAMA_3",
    "next-qwen2, llava-next-72b, CHATML"
  })
  void aNameOfLlavasTellsTheConversation(
      String fixture, String name, ConversationTemplate conversation) throws IOException {
    Path published = asLlavaWritesIt(fixture, name);
    Path target = folder.resolve("imported");

    Mapped mapped =
        Import.run(published, Optional.empty(), Optional.empty(), target, Progress.NONE);

    assertThat(ModelFolder.planOf(target).conversation()).isEqualTo(conversation);
    assertThat(mapped.lines()).contains("conversation: " + conversation);
  }

  @Test
  void aConversationThatNothingTellsMustBeGiven() throws IOException {
    Path published = asLlavaWritesIt("llava-1.5", "mine");
    Path target = folder.resolve("imported");

    Failure refused = catchThrowableOfType(Failure.class, () -> imported(published));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(refused)
        .hasMessageContaining(
            "lit import with --conversation vicuna_v1 or llama_3 or chatml or mistral");
    assertThat(target).doesNotExist();

    Import.run(
        published,
        Optional.empty(),
        Optional.of(ConversationTemplate.MISTRAL),
        target,
        Progress.NONE);
    assertThat(ModelFolder.planOf(target).conversation()).isEqualTo(ConversationTemplate.MISTRAL);
  }

  /** A fixture's model in LLaVA's layout, without what we add. */
  private Path asLlavaWritesIt(String fixture, String name) throws IOException {
    Path published = folder.resolve(name);
    Files.createDirectories(published.getParent());
    Export.run(
        TinyModel.write(fixture, folder.resolve("model")),
        published,
        new Export.Form(PublishedLayout.LIUHAOTIAN, Optional.empty()),
        Progress.NONE);
    Files.delete(published.resolve("lit.json"));
    Files.delete(published.resolve("preprocessor_config.json"));
    return published;
  }

  private Path imported(Path source) {
    Path target = folder.resolve("imported");
    Import.run(source, Optional.empty(), Optional.empty(), target, Progress.NONE);
    return target;
  }
}
