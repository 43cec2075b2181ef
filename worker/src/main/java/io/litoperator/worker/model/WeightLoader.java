package io.litoperator.worker.model;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Fills parameters from published weights, tensor by tensor, or initialises them. */
public final class WeightLoader {
  private static final String TOWER = "vision_tower.";
  private static final String DECODER = "language_model.";
  private static final int NAMES_IN_MESSAGE = 3;

  private final Parameters parameters;

  public WeightLoader(Parameters parameters) {
    this.parameters = parameters;
  }

  /** Loads a whole model under llava-hf's names. */
  public void loadModel(Weights weights, String source) {
    load(EnumSet.allOf(ModelPart.class), weights, "", source);
  }

  /**
   * Loads a tower's folder, or initialises the tower if the folder holds no weights; a whole CLIP
   * or SigLIP model will do, its text half is left alone.
   */
  public void loadTower(Path folder, Initializer initializer) {
    loadPart(ModelPart.VISION_TOWER, folder, TOWER, initializer);
  }

  /** Loads a language model's folder, or initialises it if the folder holds no weights. */
  public void loadLanguageModel(Path folder, Initializer initializer) {
    loadPart(ModelPart.LANGUAGE_MODEL, folder, DECODER, initializer);
  }

  /** Initialises a part. */
  public void initialise(ModelPart part, Initializer initializer) {
    parameters.forEachPart(blocks(EnumSet.of(part)), initializer::fill);
  }

  private void loadPart(ModelPart part, Path folder, String prefix, Initializer initializer) {
    Optional<Weights> weights = Weights.find(folder);
    if (weights.isEmpty()) {
      initialise(part, initializer);
    } else {
      load(EnumSet.of(part), weights.get(), prefix, folder.toString());
    }
  }

  /**
   * @param prefix of our names that the file's names lack
   */
  private void load(Set<ModelPart> parts, Weights weights, String prefix, String source) {
    Set<String> expected = new HashSet<>();
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    parameters.forEachPart(
        blocks(parts),
        (part, tensor) -> {
          String name = part.name().substring(prefix.length());
          expected.add(name);
          if (!weights.contains(name)) {
            missing.add(name);
          } else if (!Arrays.equals(weights.info(name).shape(), part.shape())) {
            misshapen.add(
                "%s is %s where the config says %s"
                    .formatted(
                        name,
                        Arrays.toString(weights.info(name).shape()),
                        Arrays.toString(part.shape())));
          }
        });
    List<String> extra =
        weights.names().stream()
            .filter(n -> !expected.contains(n) && !ignorable(n, prefix))
            .toList();
    refuse(source, "tensors of a wrong shape", misshapen);
    refuse(source, "no tensor of the name", missing);
    refuse(source, "tensors that the config does not account for", extra);
    parameters.forEachPart(
        blocks(parts),
        (part, tensor) -> copy(weights, part.name().substring(prefix.length()), tensor));
  }

  private Set<Block> blocks(Set<ModelPart> parts) {
    return parameters.layout().blocks().stream()
        .filter(b -> parts.contains(b.part()))
        .collect(Collectors.toSet());
  }

  /**
   * Buffers that older files carry, a tied vocabulary's copy, and what a tower's file has besides.
   */
  private static boolean ignorable(String name, String prefix) {
    return name.endsWith("position_ids")
        || name.endsWith("rotary_emb.inv_freq")
        || name.endsWith("lm_head.weight")
        || prefix.equals(TOWER) && !name.startsWith("vision_model.");
  }

  private static void refuse(String source, String what, List<String> names) {
    if (!names.isEmpty()) {
      String more =
          names.size() > NAMES_IN_MESSAGE
              ? " and %d more".formatted(names.size() - NAMES_IN_MESSAGE)
              : "";
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s has %s: %s%s; weights and config.json must be of one model"
              .formatted(
                  source,
                  what,
                  names.stream().limit(NAMES_IN_MESSAGE).collect(Collectors.joining(", ")),
                  more));
    }
  }

  private static void copy(Weights weights, String name, Tensor into) {
    if (into.size() > 0) {
      weights.read(name, into.floats());
    }
  }
}
