package io.litoperator.worker.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.litoperator.worker.data.image.ProcessorFile;
import io.litoperator.worker.data.tokens.GenerationFile;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.plan.ModelPlan.FeatureSelect;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a model's folder holds besides weights, so that nothing else is needed to use the model: its
 * configuration, tokenizer, picture processor, and how it was talked to in training.
 */
public final class ModelFolder {
  static final String CONFIG = "config.json";
  static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  static final String PREPROCESSOR = ProcessorFile.NAME;

  /** How the model was trained, which Hugging Face's files have no place for. */
  static final String TRAINING = "lit.json";

  static final String CHAT_TEMPLATE = "chat_template.json";

  /** What only one template writes. */
  private static final Map<ConversationTemplate, String> MARKS =
      Map.of(
          ConversationTemplate.LLAMA_3, "<|start_header_id|>",
          ConversationTemplate.CHATML, "<|im_start|>",
          ConversationTemplate.MISTRAL, "[INST]");

  private static final JsonMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private ModelFolder() {}

  /** Content of {@value #TRAINING}; see {@link ModelPlan}. */
  private record Training(
      ConversationTemplate conversation,
      Optional<String> systemPrompt,
      ImageAspect aspect,
      int maxLength) {

    /** As LLaVA's and TinyLLaVA's {@code config.json} says. */
    static Training of(Path config, boolean tiled) {
      JsonNode json;
      try {
        json = JSON.readTree(read(config));
      } catch (IOException e) {
        throw new Failure(ExitCode.BAD_DATA, config + " is not JSON; get the folder again.", e);
      }
      ImageAspect aspect =
          json.path("image_aspect_ratio").asText("pad").equals("pad")
              ? ImageAspect.PAD
              : ImageAspect.SQUARE;
      return new Training(
          conversation(config.getParent()),
          Optional.empty(),
          tiled ? ImageAspect.ANYRES : aspect,
          json.path("tokenizer_model_max_length").asInt(tiled ? 4096 : 2048));
    }

    /**
     * As the processor's template has it. The tokenizer's is the language model's own, which the
     * whole model need not be trained with.
     */
    private static ConversationTemplate conversation(Path folder) {
      String template =
          Stream.of(CHAT_TEMPLATE, "chat_template.jinja")
              .map(folder::resolve)
              .filter(Files::exists)
              .map(file -> new String(read(file), StandardCharsets.UTF_8))
              .collect(Collectors.joining());
      return MARKS.entrySet().stream()
          .filter(mark -> template.contains(mark.getValue()))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(ConversationTemplate.VICUNA_V1);
    }
  }

  /**
   * The small files that go with a model's weights, by name.
   *
   * @throws Failure {@code INPUT_MISSING} if one of the job's folders lacks a file
   */
  public static Map<String, byte[]> sideFiles(ModelPlan plan, ModelDescription description) {
    return sideFiles(
        plan, description, ProcessorFile.require(ModelSources.visionFolder(plan)).content());
  }

  static Map<String, byte[]> sideFiles(
      ModelPlan plan, ModelDescription description, byte[] preprocessor) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(CONFIG, utf8(description.json().toPrettyString()));
    files.putAll(ModelSources.tokenizerFiles(plan).files());
    files.put(PREPROCESSOR, preprocessor);
    files.put(TRAINING, training(plan));
    Path generation = ModelSources.textFolder(plan).resolve(GenerationFile.NAME);
    if (Files.exists(generation)) {
      files.put(GenerationFile.NAME, read(generation));
    }
    return files;
  }

  /**
   * A whole model as it was trained: a checkpoint's folder, or one in Hugging Face's layout, for
   * which LLaVA-1.5's conversation is assumed unless {@value #CHAT_TEMPLATE} tells another, and its
   * padded pictures unless the model has tiles.
   *
   * @throws Failure {@code INPUT_MISSING} or {@code BAD_DATA} if the folder is not a model's
   */
  public static ModelPlan planOf(Path folder) {
    requireThere(folder);
    return planOf(folder, ModelDescription.ofModel(folder));
  }

  /**
   * @throws Failure {@code INPUT_MISSING} if there is no such folder
   */
  public static void requireThere(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new Failure(
          ExitCode.INPUT_MISSING, "There is no model folder " + folder + "; check the path.");
    }
  }

  /** As above, of a folder whose configuration has been read. */
  public static ModelPlan planOf(Path folder, ModelDescription description) {
    ModelConfig config = description.config();
    Path file = folder.resolve(TRAINING);
    Training training =
        Files.exists(file)
            ? training(file)
            : Training.of(folder.resolve(CONFIG), !config.gridPinpoints().isEmpty());
    return new ModelPlan(
        Optional.empty(),
        Optional.empty(),
        Optional.of(folder),
        training.conversation(),
        training.systemPrompt(),
        training.aspect(),
        List.of(),
        config.featureLayer(),
        config.dropFirst() ? FeatureSelect.DEFAULT : FeatureSelect.FULL,
        training.maxLength());
  }

  /** Content of {@value #TRAINING}. */
  static byte[] training(ModelPlan plan) {
    Training training =
        new Training(plan.conversation(), plan.systemPrompt(), plan.aspect(), plan.maxLength());
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(training);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Training training(Path file) {
    try {
      return JSON.readValue(read(file), Training.class);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s does not say how the model was trained; get the folder again.".formatted(file),
          e);
    }
  }

  /**
   * @throws Failure {@code INPUT_MISSING} if the file is not there or may not be read, {@code
   *     STORAGE} if reading it fails
   */
  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      ExitCode code = ExitCode.ofReading(file, e);
      throw new Failure(
          code,
          code == ExitCode.STORAGE
              ? "%s cannot be read (%s); check the disk.".formatted(file, e.getMessage())
              : file + " is missing or cannot be read; a model's folder must hold it.",
          e);
    }
  }

  static byte[] bytes(ObjectNode json) {
    return utf8(json.toPrettyString() + "\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
