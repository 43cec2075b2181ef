package io.litoperator.worker.model;

import io.litoperator.worker.model.published.RenamedWeights;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.ModelPlan.ConnectorInit;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fills parameters from published weights, tensor by tensor, or initialises them. Of divided ones
 * only what this rank holds is read.
 */
public final class WeightLoader {
  private final Parameters parameters;
  private final Progress progress;

  public WeightLoader(Parameters parameters) {
    this(parameters, Progress.NONE);
  }

  /**
   * @param progress told how much has been read of each folder's weights
   */
  public WeightLoader(Parameters parameters, Progress progress) {
    this.parameters = parameters;
    this.progress = progress;
  }

  /** Loads a whole model, in any of the known spellings. */
  public void loadModel(Weights weights, String source) {
    load("model", published(), RenamedWeights.ofModel(weights, source));
  }

  /**
   * Loads a whole model, and initialises the newline of anyres if it has none: it was trained
   * without.
   */
  public void loadModel(Weights weights, String source, Initializer initializer) {
    RenamedWeights renamed = RenamedWeights.ofModel(weights, source);
    Set<Block> there = published();
    parameters
        .layout()
        .newline()
        .filter(block -> !renamed.contains(block.weights().get(0).parts().get(0).name()))
        .ifPresent(
            block -> {
              there.remove(block);
              parameters.forEachSlice(Set.of(block), initializer::fill);
            });
    load("model", there, renamed);
  }

  /** All but adapters. */
  private Set<Block> published() {
    Set<Block> blocks = new HashSet<>(parameters.layout().blocks());
    parameters.layout().adapters().forEach(blocks::remove);
    return blocks;
  }

  /**
   * Loads a tower's folder, or initialises the tower if the folder holds no weights; a whole CLIP
   * or SigLIP model will do, its text half is left alone.
   */
  public void loadTower(Path folder, Initializer initializer) {
    Optional<Weights> weights = Weights.find(folder);
    if (weights.isPresent()) {
      load(
          "vision tower",
          blocks(EnumSet.of(ModelPart.VISION_TOWER)),
          RenamedWeights.ofTower(weights.get(), folder.toString()));
    } else {
      initialise(ModelPart.VISION_TOWER, initializer);
    }
  }

  /**
   * Loads a language model's folder, or initialises it if the folder holds no weights. Where the
   * vocabulary has grown, the new rows are drawn, see {@link RenamedWeights#growVocabulary}.
   *
   * @param seed of the new rows
   */
  public void loadLanguageModel(Path folder, Initializer initializer, long seed) {
    Optional<Weights> weights = Weights.find(folder);
    if (weights.isPresent()) {
      RenamedWeights renamed = RenamedWeights.ofLanguageModel(weights.get(), folder.toString());
      Set<Block> blocks = blocks(EnumSet.of(ModelPart.LANGUAGE_MODEL));
      renamed.passOverTiedHead(shapes(blocks).keySet());
      long[] table = parameters.layout().embedding().weights().get(0).shape();
      renamed.growVocabulary(
          ModelDescription.vocabularyOf(folder), Math.toIntExact(table[0]), seed);
      load("language model", blocks, renamed);
    } else {
      initialise(ModelPart.LANGUAGE_MODEL, initializer);
    }
  }

  /** Initialises a part. */
  public void initialise(ModelPart part, Initializer initializer) {
    parameters.forEachSlice(blocks(EnumSet.of(part)), initializer::fill);
  }

  /** Initialises the connector of a new model. */
  public void initialiseConnector(ConnectorInit init, ModelConfig config, Initializer initializer) {
    parameters.forEachSlice(
        blocks(EnumSet.of(ModelPart.CONNECTOR)),
        (slice, memory) -> {
          Weight.Part part =
              init == ConnectorInit.UNIFORM
                  ? ConnectorLayout.uniform(slice.part(), config)
                  : slice.part();
          initializer.fill(new Slice(part, slice.start(), slice.end()), memory);
        });
  }

  private void load(String what, Set<Block> blocks, RenamedWeights weights) {
    weights.require(shapes(blocks));
    ToldSource source =
        new ToldSource(
            weights::read, progress, "loading the " + what, parameters.heldCount(blocks));
    parameters.forEachSlice(blocks, (slice, memory) -> slice.read(source, memory));
  }

  private static Map<String, long[]> shapes(Set<Block> blocks) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    blocks.stream().flatMap(Block::parts).forEach(part -> shapes.put(part.name(), part.shape()));
    return shapes;
  }

  private Set<Block> blocks(Set<ModelPart> parts) {
    return parameters.layout().blocks().stream()
        .filter(b -> parts.contains(b.part()))
        .collect(Collectors.toSet());
  }
}
