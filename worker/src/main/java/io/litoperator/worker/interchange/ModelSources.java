package io.litoperator.worker.interchange;

import io.litoperator.worker.data.image.Extent;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFolder;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Initializer;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.WeightLoader;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.FeatureSelect;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that a job's model is made of: what it looks like, its tokenizer, how it is shown pictures.
 */
public final class ModelSources implements AutoCloseable {
  private final ModelPlan plan;
  private final Tokenizer tokenizer;
  private final ModelDescription description;

  private ModelSources(ModelPlan plan, Tokenizer tokenizer, ModelDescription description) {
    this.plan = plan;
    this.tokenizer = tokenizer;
    this.description = description;
  }

  /**
   * Reads configurations and the tokenizer; weights are read by {@link #build}.
   *
   * @throws Failure if a file is missing or broken, or tokenizer and model do not fit
   */
  public static ModelSources open(ModelPlan plan) {
    plan.from().ifPresent(AdapterFiles::requireNone);
    Tokenizer tokenizer = tokenizer(plan);
    try {
      ModelDescription description = describe(plan, tokenizer);
      requireFit(textFolder(plan), tokenizer, description.config().text().vocabularySize());
      return new ModelSources(plan, tokenizer, description);
    } catch (Failure e) {
      tokenizer.close();
      throw e;
    }
  }

  /** The tokenizer of a job's model. */
  public static Tokenizer tokenizer(ModelPlan plan) {
    return Tokenizer.open(tokenizerFiles(plan));
  }

  /** A new model's have the tokens that it needs; a whole model's are as they are. */
  static TokenizerFolder tokenizerFiles(ModelPlan plan) {
    TokenizerFolder files = TokenizerFolder.read(textFolder(plan));
    return plan.from().isPresent() ? files : files.grown();
  }

  /** Folder of the tokenizer. */
  public static Path textFolder(ModelPlan plan) {
    return plan.from().or(plan::languageModel).orElseThrow();
  }

  /** Folder of the picture processor's configuration. */
  public static Path visionFolder(ModelPlan plan) {
    return plan.from().or(plan::visionTower).orElseThrow();
  }

  private static ModelDescription describe(ModelPlan plan, Tokenizer tokenizer) {
    ModelDescription description = described(plan, tokenizer);
    return plan.aspect() == ImageAspect.ANYRES
        ? description.withTiles(plan.gridPinpoints())
        : description;
  }

  private static ModelDescription described(ModelPlan plan, Tokenizer tokenizer) {
    if (plan.from().isPresent()) {
      return ModelDescription.ofModel(plan.from().get());
    }
    Path languageModel = plan.languageModel().orElseThrow();
    try (Tokenizer own = Tokenizer.open(languageModel)) {
      requireFit(languageModel, own, ModelDescription.vocabularyOf(languageModel));
    }
    return ModelDescription.ofParts(
        languageModel,
        plan.visionTower().orElseThrow(),
        plan.featureLayer(),
        plan.featureSelect() == FeatureSelect.DEFAULT,
        tokenizer.idOf(TokenizerFolder.IMAGE).orElseThrow(),
        tokenizer.vocabularySize());
  }

  private static void requireFit(Path folder, Tokenizer tokenizer, int rows) {
    if (tokenizer.vocabularySize() > rows) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "The tokenizer of %s has ids up to %d, but the model's vocabulary has %d rows (vocab_size in its config.json); use the tokenizer that belongs to the model."
              .formatted(folder, tokenizer.vocabularySize() - 1, rows));
    }
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * How a stage is shown pictures.
   *
   * @throws Failure if the tower's {@code preprocessor_config.json} is missing or broken, or makes
   *     pictures of another size than the tower takes
   */
  public ImageProcessor images(Stage stage) {
    ImageProcessor images =
        ImageProcessor.open(
            visionFolder(plan), plan.aspect(stage), description.config().gridPinpoints());
    int side = description.config().vision().imageSize();
    Extent needed = new Extent(side, side);
    if (!images.view().equals(Optional.of(needed))) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s makes pictures %s, but the tower takes %s (image_size in %s); correct size and crop_size."
              .formatted(
                  visionFolder(plan).resolve(ModelFolder.PREPROCESSOR),
                  images.view().map(made -> "of " + made).orElse("of differing sizes"),
                  needed,
                  visionFolder(plan).resolve(ModelFolder.CONFIG)));
    }
    return images;
  }

  public ModelDescription description() {
    return description;
  }

  /** As below, telling nobody. */
  public VisionLanguageModel build(long seed, DType type) {
    return build(seed, type, Progress.NONE);
  }

  /** As below, whole and without adapters. */
  public VisionLanguageModel build(long seed, DType type, Progress progress) {
    return build(seed, Optional.empty(), layout -> new Parameters(layout, type, 1), progress);
  }

  /**
   * Loads the model, or initialises what comes without weights.
   *
   * @param lora adapters, as they start
   * @param memory makes room for the weights, or for this rank's part of them
   * @param progress told how much has been read of them
   */
  public VisionLanguageModel build(
      long seed, Optional<LoraPlan> lora, Function<Layout, Parameters> memory, Progress progress) {
    Parameters parameters = memory.apply(Layout.of(description.config(), lora));
    WeightLoader loader = new WeightLoader(parameters, progress);
    try (Initializer initializer = new Initializer(seed)) {
      if (plan.from().isPresent()) {
        Path folder = plan.from().get();
        loader.loadModel(Weights.open(folder), folder.toString(), initializer);
      } else {
        loader.loadTower(plan.visionTower().orElseThrow(), initializer);
        loader.loadLanguageModel(plan.languageModel().orElseThrow(), initializer, seed);
        loader.initialiseConnector(plan.connectorInit(), description.config(), initializer);
      }
      loader.initialise(ModelPart.ADAPTERS, initializer);
    } catch (Failure e) {
      parameters.close();
      throw e;
    }
    return new VisionLanguageModel(description.config(), parameters);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
