package io.litoperator.worker.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.plan.GridPinpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a model's {@code config.json} says.
 *
 * @param json in the form of transformers' {@code LlavaConfig}, as exported
 */
public record ModelDescription(ModelConfig config, ObjectNode json) {
  /** As transformers' converter of LLaVA rounds, for the speed of matrix products. */
  private static final int ROWS_MULTIPLE = 64;

  private static final String NEXT = "llava_next";

  /**
   * A whole LLaVA model, in any of the {@linkplain PublishedLayout layouts} that people have.
   *
   * @throws io.litoperator.worker.failure.Failure if the file is missing, malformed or describes a
   *     model that cannot be built
   */
  public static ModelDescription ofModel(Path folder) {
    return ofModel(folder, Optional.empty());
  }

  /** Which of the layouts a whole model's folder has. */
  public static PublishedLayout layoutOf(Path folder) {
    return PublishedLayout.of(ConfigReader.open(folder).json());
  }

  /** As {@link #ofModel(Path)}, with the vision tower of another folder. */
  public static ModelDescription ofModel(Path folder, Optional<Path> tower) {
    ConfigReader read = ConfigReader.open(folder);
    ConfigReader reader =
        tower.map(t -> read.with("vision_config", visionOf(t))).orElse(read).ours();
    String type = reader.oneOf("model_type", "llava", List.of("llava", NEXT));
    reader.oneOf("projector_hidden_act", "gelu", List.of("gelu"));
    String select =
        reader.oneOf("vision_feature_select_strategy", "default", List.of("default", "full"));
    ModelConfig config =
        new ModelConfig(
            VisionConfig.read(reader.child("vision_config")),
            TextConfig.read(reader.child("text_config")),
            reader.integer("vision_feature_layer", -2),
            select.equals("default"),
            type.equals(NEXT) ? reader.gridPinpoints() : List.of(),
            reader.integer("image_token_index", 32000));
    return new ModelDescription(reader.checked(config), reader.json());
  }

  /**
   * A new model of a language model and a tower.
   *
   * @param featureLayer as in {@link ModelConfig}
   * @param imageToken as in {@link ModelConfig}
   * @param tokens of the tokenizer; where the embedding has fewer rows, it grows to the next
   *     multiple of {@value #ROWS_MULTIPLE}
   */
  public static ModelDescription ofParts(
      Path languageModel,
      Path visionTower,
      int featureLayer,
      boolean dropFirst,
      int imageToken,
      int tokens) {
    ConfigReader text =
        ConfigReader.open(languageModel)
            .with("vocab_size", grown(vocabularyOf(languageModel), tokens));
    ConfigReader vision = visionOf(visionTower);
    ModelConfig config =
        new ModelConfig(
            VisionConfig.read(vision),
            TextConfig.read(text),
            featureLayer,
            dropFirst,
            List.of(),
            imageToken);
    ObjectNode json = text.json().objectNode();
    json.putArray("architectures").add("LlavaForConditionalGeneration");
    json.put("model_type", "llava");
    json.put("image_token_index", imageToken);
    json.put("image_seq_length", config.imageTokens());
    json.put("vision_feature_layer", featureLayer);
    json.put("vision_feature_select_strategy", dropFirst ? "default" : "full");
    json.put("projector_hidden_act", "gelu");
    json.put("multimodal_projector_bias", true);
    json.put("tie_word_embeddings", config.text().tiedEmbeddings());
    json.put("torch_dtype", "float32");
    json.set("text_config", text.json());
    json.set("vision_config", vision.json());
    return new ModelDescription(vision.checked(config), json);
  }

  /** A tower's folder may be one of a whole CLIP or SigLIP. */
  private static ConfigReader visionOf(Path visionTower) {
    ConfigReader tower = ConfigReader.open(visionTower);
    return tower.has("vision_config") ? tower.child("vision_config") : tower;
  }

  /** The same with another value of a field that says nothing of the model's shape. */
  public ModelDescription with(String field, String value) {
    return new ModelDescription(config, json.deepCopy().put(field, value));
  }

  /** Rows of the embedding of a language model's folder. */
  public static int vocabularyOf(Path languageModel) {
    return TextConfig.read(ConfigReader.open(languageModel)).vocabularySize();
  }

  /** Rows that an embedding has when there is one for each of some tokens. */
  public static int grown(int rows, int tokens) {
    return tokens <= rows ? rows : (tokens + ROWS_MULTIPLE - 1) / ROWS_MULTIPLE * ROWS_MULTIPLE;
  }

  /**
   * The same model with anyres.
   *
   * @param gridPinpoints empty for those that the model has, or LLaVA-NeXT's if it has none
   * @throws Failure {@code INVALID} if a size is not of whole tiles, or the connector sees other
   *     rows than the patches
   */
  public ModelDescription withTiles(List<GridPinpoint> gridPinpoints) {
    int side = config.vision().imageSize();
    List<GridPinpoint> own =
        config.gridPinpoints().isEmpty() ? GridPinpoint.ofTiles(side) : config.gridPinpoints();
    ModelConfig tiled = config.withTiles(gridPinpoints.isEmpty() ? own : gridPinpoints);
    tiled
        .tilingProblem()
        .ifPresent(
            problem -> {
              throw new Failure(ExitCode.INVALID, "spec.model.images: " + problem + ".");
            });
    ObjectNode next = json.deepCopy();
    next.putArray("architectures").add("LlavaNextForConditionalGeneration");
    next.put("model_type", NEXT);
    ArrayNode heightFirst = next.putArray("image_grid_pinpoints");
    tiled.gridPinpoints().forEach(p -> heightFirst.addArray().add(p.height()).add(p.width()));
    return new ModelDescription(tiled, next);
  }
}
