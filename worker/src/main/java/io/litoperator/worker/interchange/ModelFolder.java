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
import io.litoperator.worker.model.published.PublishedLayout;
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

  private static final JsonMapper JSON = JsonMapper.builder().addModule(new Jdk8Module()).build();

  private ModelFolder() {}

  /** Content of {@value #TRAINING}; see {@link ModelPlan}. */
  private record Training(
      ConversationTemplate conversation,
      Optional<String> systemPrompt,
      ImageAspect aspect,
      int maxLength) {

    /** As LLaVA's and TinyLLaVA's {@code config.json} says. */
    static Training of(JsonNode config, ConversationTemplate conversation, boolean tiled) {
      ImageAspect aspect =
          config.path("image_aspect_ratio").asText("pad").equals("pad")
              ? ImageAspect.PAD
              : ImageAspect.SQUARE;
      return new Training(
          conversation,
          Optional.empty(),
          tiled ? ImageAspect.ANYRES : aspect,
          config.path("tokenizer_model_max_length").asInt(tiled ? 4096 : 2048));
    }

    Training with(ConversationTemplate other) {
      return new Training(other, systemPrompt, aspect, maxLength);
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
   * A whole model as it was trained: a checkpoint's folder, or one in a published layout. Where
   * that does not tell its conversation, LLaVA-1.5's is assumed, but not of LLaVA's own layout,
   * whose models have any; its padded pictures are unless the model has tiles.
   *
   * @throws Failure {@code INPUT_MISSING} or {@code BAD_DATA} if the folder is not a model's,
   *     {@code INVALID} if its conversation must be told
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
    return planOf(folder, description, Optional.empty());
  }

  /**
   * @param told conversation, which goes before what the folder tells
   */
  static ModelPlan planOf(
      Path folder, ModelDescription description, Optional<ConversationTemplate> told) {
    ModelConfig config = description.config();
    Training training = training(folder, told, !config.gridPinpoints().isEmpty());
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

  /** The conversation that a folder tells of; empty if it tells none. */
  public static Optional<ConversationTemplate> conversation(Path folder) {
    Path file = folder.resolve(TRAINING);
    return Files.exists(file)
        ? Optional.of(training(file).conversation())
        : PublishedConversation.of(folder, config(folder));
  }

  private static Training training(
      Path folder, Optional<ConversationTemplate> told, boolean tiled) {
    Path file = folder.resolve(TRAINING);
    if (Files.exists(file)) {
      Training training = training(file);
      return told.map(training::with).orElse(training);
    }
    JsonNode config = config(folder);
    ConversationTemplate conversation =
        told.or(() -> PublishedConversation.of(folder, config))
            .orElseGet(() -> assumed(folder, config));
    return Training.of(config, conversation, tiled);
  }

  private static ConversationTemplate assumed(Path folder, JsonNode config) {
    if (PublishedLayout.of(config) == PublishedLayout.LIUHAOTIAN) {
      throw new Failure(
          ExitCode.INVALID,
          "Neither files nor name of %s tell how its model is talked to; take it in by lit import with --conversation %s."
              .formatted(
                  folder,
                  Stream.of(ConversationTemplate.values())
                      .map(ConversationTemplate::toString)
                      .collect(Collectors.joining(" or "))));
    }
    return ConversationTemplate.VICUNA_V1;
  }

  private static JsonNode config(Path folder) {
    Path file = folder.resolve(CONFIG);
    try {
      return JSON.readTree(read(file));
    } catch (IOException e) {
      throw new Failure(ExitCode.BAD_DATA, file + " is not JSON; get the folder again.", e);
    }
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
