package io.litoperator.worker.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model's folder tells beside its weights. */
class ModelFolderTest {
  @TempDir Path folder;

  @Test
  void aModelFromElsewhereIsTakenToBeTrainedAsLlavaIs() throws IOException {
    ModelPlan plan = ModelFolder.planOf(TinyModel.write("llava-1.5", folder.resolve("model")));

    assertThat(plan.systemPrompt()).isEmpty();
    assertThat(plan.aspect()).isEqualTo(ImageAspect.PAD);
    assertThat(plan.featureLayer()).isEqualTo(-2);
  }

  @ParameterizedTest
  @CsvSource({
    "chat_template.json, <|im_start|>, CHATML",
    "chat_template.jinja, <|start_header_id|>, LLAMA_3",
    "chat_template.json, [INST], MISTRAL",
    "chat_template.json, USER:, VICUNA_V1",
    "tokenizer_config.json, <|im_start|>, VICUNA_V1",
  })
  void theProcessorsTemplateTellsTheConversation(
      String file, String mark, ConversationTemplate conversation) throws IOException {
    Path model = TinyModel.write("llava-1.5", folder.resolve("model"));
    Files.writeString(model.resolve(file), "{\"chat_template\": \"{{ '" + mark + "' }}\"}");

    assertThat(ModelFolder.planOf(model).conversation()).isEqualTo(conversation);
  }

  @ParameterizedTest
  @CsvSource({
    "llava-v1.5-7b, llava_llama, VICUNA_V1",
    "llava-v1.6-vicuna-13b, llava, VICUNA_V1",
    "models--liuhaotian--llava-v1.6-mistral-7b/snapshots/0f1e, llava_mistral, MISTRAL",
    "models--v1--mine/snapshots/0f1e, llava_llama,",
    "llama3-llava-next-8b, llava_llama, LLAMA_3",
    "llava-next-qwen-32b, llava_qwen, CHATML",
    "models--lmms-lab--llava-next-72b/snapshots/0f1e, llava_qwen, CHATML",
    "llava-next-110b, llava_qwen, CHATML",
    "llava-next-72b, llava_llama,",
    "llava-v1.6-34b, llava_llama,",
    "llava-llama-2-13b-chat, llava_llama,",
    "Nous-Hermes-2-Mistral, llava_mistral,",
    "mine-v1, llava_mistral,",
    "mine, llava_llama,",
    "tiny-v1, tinyllava,",
  })
  void aNameOfLlavasTellsTheConversation(
      String name, String type, ConversationTemplate conversation) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    Files.writeString(
        model.resolve("config.json"),
        "{\"model_type\": \"%s\", \"mm_vision_tower\": \"clip\"}".formatted(type));

    assertThat(ModelFolder.conversation(model)).isEqualTo(Optional.ofNullable(conversation));
  }

  @Test
  void aFileOnABrokenDiskIsAFaultOfTheStorage() {
    Path broken = Path.of("/proc/self/mem");
    assumeTrue(Files.isReadable(broken), "needs Linux");

    assertThat(catchThrowableOfType(Failure.class, () -> ModelFolder.read(broken)))
        .hasMessageContaining("check the disk")
        .matches(failure -> failure.exitCode() == ExitCode.STORAGE);
    assertThat(catchThrowableOfType(Failure.class, () -> ModelFolder.read(folder.resolve("no"))))
        .matches(failure -> failure.exitCode() == ExitCode.INPUT_MISSING);
  }
}
