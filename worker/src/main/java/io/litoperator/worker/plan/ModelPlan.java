package io.litoperator.worker.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where the model comes from and how it sees.
 *
 * @param languageModel folder with {@code config.json}, tokenizer files and, unless the model is to
 *     be initialised, weights; absent if and only if {@code from} is present
 * @param visionTower folder with {@code config.json}, {@code preprocessor_config.json} and, unless
 *     the tower is to be initialised, weights; absent if and only if {@code from} is present
 * @param from a whole LLaVA-style checkpoint folder
 * @param conversation chat template
 * @param systemPrompt replaces the chat template's own
 * @param gridPinpoints sizes that anyres chooses from; empty for the model's or else LLaVA-NeXT's
 * @param featureLayer hidden state of the tower that the connector sees, counted from the end (-1
 *     is the last layer's output, before the post norm)
 * @param maxLength longest sequence in tokens before image expansion; the rest is cut
 * @param maxRows longest sequence after it; the rest is cut; absent: not cut
 */
public record ModelPlan(
    Optional<Path> languageModel,
    Optional<Path> visionTower,
    Optional<Path> from,
    ConversationTemplate conversation,
    Optional<String> systemPrompt,
    ImageAspect aspect,
    List<GridPinpoint> gridPinpoints,
    int featureLayer,
    FeatureSelect featureSelect,
    int maxLength,
    Optional<Integer> maxRows,
    ConnectorInit connectorInit) {

  public ModelPlan {
    gridPinpoints = List.copyOf(gridPinpoints);
  }

  /** Cut before image expansion only, with a connector that starts as transformers has it. */
  public ModelPlan(
      Optional<Path> languageModel,
      Optional<Path> visionTower,
      Optional<Path> from,
      ConversationTemplate conversation,
      Optional<String> systemPrompt,
      ImageAspect aspect,
      List<GridPinpoint> gridPinpoints,
      int featureLayer,
      FeatureSelect featureSelect,
      int maxLength) {
    this(
        languageModel,
        visionTower,
        from,
        conversation,
        systemPrompt,
        aspect,
        gridPinpoints,
        featureLayer,
        featureSelect,
        maxLength,
        Optional.empty(),
        ConnectorInit.NORMAL);
  }

  /** The same conversation and pictures, with the weights of a whole model. */
  public ModelPlan withWeightsOf(Path model) {
    return of(Optional.empty(), Optional.empty(), Optional.of(model));
  }

  /** The same with its folders in other places. */
  public ModelPlan withFolders(UnaryOperator<Path> moved) {
    return of(languageModel.map(moved), visionTower.map(moved), from.map(moved));
  }

  private ModelPlan of(
      Optional<Path> otherLanguageModel, Optional<Path> otherTower, Optional<Path> otherModel) {
    return new ModelPlan(
        otherLanguageModel,
        otherTower,
        otherModel,
        conversation,
        systemPrompt,
        aspect,
        gridPinpoints,
        featureLayer,
        featureSelect,
        maxLength,
        maxRows,
        connectorInit);
  }

  /**
   * How a stage shows pictures. The connector is pretrained on whole pictures: LLaVA-NeXT has tiles
   * in the fine-tune only.
   */
  public ImageAspect aspect(StagePlan.Stage stage) {
    return aspect == ImageAspect.ANYRES && stage == StagePlan.Stage.PRETRAIN
        ? ImageAspect.SQUARE
        : aspect;
  }

  /** Chat templates of the fine-tune stage and of evaluation. */
  public enum ConversationTemplate {
    VICUNA_V1,
    LLAMA_3,
    CHATML,
    MISTRAL;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the connector of a new model starts. */
  public enum ConnectorInit {
    /** Normal, of the language model's deviation; biases zero. */
    NORMAL,
    /** As torch's {@code Linear}, weights and biases. */
    UNIFORM
  }

  /** How a picture is fitted to the tower's square input. */
  public enum ImageAspect {
    SQUARE,
    PAD,
    /** A view of the whole and tiles of the picture, each the tower's input. */
    ANYRES
  }

  /**
   * Which of the tower's rows become image tokens (Hugging Face's {@code default} and {@code
   * full}).
   */
  public enum FeatureSelect {
    /** All but the first row: CLIP's class token; for SigLIP, as the reference has it, a patch. */
    DEFAULT,
    FULL
  }
}
