package io.litoperator.worker.interchange;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.model.published.RenamedWeights;
import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A whole model's folder that is to be written anew: a checkpoint, or any that people have. */
final class SourceModel {
  private final ModelDescription description;
  private final RenamedWeights model;
  private final Optional<RenamedWeights> tower;
  private final Map<String, ModelPart> parts = new LinkedHashMap<>();

  private SourceModel(
      ModelDescription description, RenamedWeights model, Optional<RenamedWeights> tower) {
    this.description = description;
    this.model = model;
    this.tower = tower;
  }

  /**
   * Opens and checks that every tensor is there and none is left over; a checkpoint's bytes are
   * verified.
   *
   * @param tower folder of the vision tower, if the model's own holds none
   */
  static SourceModel open(Path folder, Optional<Path> tower, Progress progress) {
    ModelFolder.requireThere(folder);
    AdapterFiles.requireNone(folder);
    if (Files.exists(folder.resolve("manifest.json"))) {
      Checkpoint.open(folder, progress);
    }
    SourceModel source =
        new SourceModel(
            ModelDescription.ofModel(folder, tower),
            RenamedWeights.ofModel(Weights.open(folder), folder.toString()),
            tower.map(t -> RenamedWeights.ofTower(Weights.open(t), t.toString())));
    source.requireTensors(folder);
    return source;
  }

  private void requireTensors(Path folder) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Map<String, long[]> towerShapes = new LinkedHashMap<>();
    for (Block block : Layout.of(description.config()).blocks()) {
      for (Weight.Part part : block.weights().stream().flatMap(w -> w.parts().stream()).toList()) {
        parts.put(part.name(), block.part());
        boolean elsewhere = tower.isPresent() && block.part() == ModelPart.VISION_TOWER;
        (elsewhere ? towerShapes : shapes).put(part.name(), part.shape());
      }
    }
    towerShapes.keySet().stream()
        .filter(model::contains)
        .findFirst()
        .ifPresent(
            name -> {
              throw new Failure(
                  ExitCode.INVALID,
                  "%s holds its vision tower (%s) itself; leave out --vision-tower."
                      .formatted(folder, model.theirName(name)));
            });
    if (tower.isEmpty() && parts.keySet().stream().noneMatch(this::isOfTower)) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s holds no vision tower; name the tower's folder by --vision-tower, in lit import."
              .formatted(folder));
    }
    model.require(shapes);
    tower.ifPresent(t -> t.require(towerShapes));
  }

  private boolean isOfTower(String name) {
    return parts.get(name) == ModelPart.VISION_TOWER && model.contains(name);
  }

  ModelDescription description() {
    return description;
  }

  /** Makes room for a tokenizer's tokens; see {@link RenamedWeights#growVocabulary}. */
  void growVocabulary(int tokens) {
    int rows = description.config().text().vocabularySize();
    model.growVocabulary(rows, ModelDescription.grown(rows, tokens), 0);
  }

  private RenamedWeights holding(String name) {
    return parts.get(name) == ModelPart.VISION_TOWER ? tower.orElse(model) : model;
  }

  /**
   * All tensors under other names.
   *
   * @param dtype type to write; each keeps its own if empty
   */
  List<NamedTensor> tensors(TensorNames names, Optional<DType> dtype) {
    List<NamedTensor> tensors = new ArrayList<>();
    for (String name : parts.keySet()) {
      NamedTensor tensor = holding(name).tensor(name);
      NamedTensor typed = dtype.map(type -> Cast.to(type, tensor)).orElse(tensor);
      tensors.add(
          new NamedTensor(
              names.theirs(name).orElseThrow(), typed.dtype(), typed.shape(), typed.data()));
    }
    return tensors;
  }

  /** What {@link #tensors} does, for people. */
  Mapped mapped(TensorNames names, Optional<DType> dtype) {
    List<Mapped.Tensor> tensors = new ArrayList<>();
    for (Map.Entry<String, ModelPart> part : parts.entrySet()) {
      String name = part.getKey();
      NamedTensor tensor = holding(name).tensor(name);
      tensors.add(
          new Mapped.Tensor(
              part.getValue(),
              holding(name).theirName(name),
              names.theirs(name).orElseThrow(),
              tensor.dtype(),
              dtype.orElse(tensor.dtype()),
              tensor.bytes() / tensor.dtype().bytes()));
    }
    List<String> passedOver = new ArrayList<>(model.passedOver());
    tower.ifPresent(t -> passedOver.addAll(t.passedOver()));
    return new Mapped(tensors, passedOver, List.of());
  }

  /** The type of most parameters, in PyTorch's words. */
  static String torchType(Mapped mapped) {
    Map<DType, Long> elements =
        mapped.tensors().stream()
            .collect(
                Collectors.groupingBy(
                    Mapped.Tensor::toType, Collectors.summingLong(Mapped.Tensor::elements)));
    DType most =
        elements.entrySet().stream().max(Comparator.comparing(Map.Entry::getValue)).get().getKey();
    return torchType(most);
  }

  static String torchType(DType type) {
    return switch (type) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F64 -> "float64";
      default -> "float32";
    };
  }
}
