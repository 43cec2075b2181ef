package io.litoperator.worker.model;

import io.litoperator.worker.model.published.RenamedWeights;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Tensor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Fills parameters from published weights, tensor by tensor, or initialises them. */
public final class WeightLoader {
  private final Parameters parameters;

  public WeightLoader(Parameters parameters) {
    this.parameters = parameters;
  }

  /** Loads a whole model, in any of the known spellings. */
  public void loadModel(Weights weights, String source) {
    load(EnumSet.allOf(ModelPart.class), RenamedWeights.ofModel(weights, source));
  }

  /**
   * Loads a tower's folder, or initialises the tower if the folder holds no weights; a whole CLIP
   * or SigLIP model will do, its text half is left alone.
   */
  public void loadTower(Path folder, Initializer initializer) {
    loadPart(ModelPart.VISION_TOWER, folder, RenamedWeights::ofTower, initializer);
  }

  /** Loads a language model's folder, or initialises it if the folder holds no weights. */
  public void loadLanguageModel(Path folder, Initializer initializer) {
    loadPart(ModelPart.LANGUAGE_MODEL, folder, RenamedWeights::ofLanguageModel, initializer);
  }

  /** Initialises a part. */
  public void initialise(ModelPart part, Initializer initializer) {
    parameters.forEachPart(blocks(EnumSet.of(part)), initializer::fill);
  }

  private void loadPart(
      ModelPart part,
      Path folder,
      BiFunction<Weights, String, RenamedWeights> names,
      Initializer initializer) {
    Optional<Weights> weights = Weights.find(folder);
    if (weights.isEmpty()) {
      initialise(part, initializer);
    } else {
      load(EnumSet.of(part), names.apply(weights.get(), folder.toString()));
    }
  }

  private void load(Set<ModelPart> parts, RenamedWeights weights) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEachPart(blocks(parts), (part, tensor) -> shapes.put(part.name(), part.shape()));
    weights.require(shapes);
    parameters.forEachPart(blocks(parts), (part, tensor) -> copy(weights, part.name(), tensor));
  }

  private Set<Block> blocks(Set<ModelPart> parts) {
    return parameters.layout().blocks().stream()
        .filter(b -> parts.contains(b.part()))
        .collect(Collectors.toSet());
  }

  private static void copy(RenamedWeights weights, String name, Tensor into) {
    into.write(values -> weights.read(name, values));
  }
}
