package io.litoperator.worker.interchange;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Adapters;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes a whole model of a checkpoint of adapters: reads what they belong to where the job read it,
 * puts what was trained in its place, and folds the adapters in, in fp32.
 */
public final class Merge {
  private Merge() {}

  /**
   * Merges; libtorch must have been started. An earlier one in the same folder is written over.
   *
   * @param target folder, made where absent; it takes the form of {@code lit import}
   * @param dtype type to write
   * @param bring brings what the job had from the hub or a bucket to this machine, by its name
   * @throws Failure {@code INVALID} if the checkpoint holds no adapters or the target a source or
   *     anything else, {@code INPUT_MISSING} if there is no such folder or the job's model is not
   *     where it was
   */
  public static void run(
      Path checkpoint, Path target, DType dtype, Function<String, Path> bring, Progress progress) {
    ModelFolder.requireThere(checkpoint);
    ModelWriter.refuseOverwriting(checkpoint, target);
    if (!AdapterFiles.in(checkpoint)) {
      throw new Failure(
          ExitCode.INVALID,
          "%s holds no adapters (LoRA); lit export writes it as other tools load it."
              .formatted(checkpoint));
    }
    Weights trained = Checkpoint.open(checkpoint, progress).model();
    AdapterFiles.Base base = AdapterFiles.base(checkpoint).brought(bring);
    Stream.of(base.model().from(), base.model().languageModel(), base.model().visionTower())
        .flatMap(Optional::stream)
        .forEach(folder -> ModelWriter.refuseOverwriting(folder, target));
    try (ModelSources sources = ModelSources.open(base.model());
        VisionLanguageModel model =
            sources.build(base.seed(), Optional.of(base.lora()), Parameters::new, progress)) {
      restore(trained, model.parameters());
      Adapters.fold(model.parameters());
      ModelDescription description =
          sources.description().with("torch_dtype", SourceModel.torchType(dtype));
      ModelWriter.write(
          target,
          tensors(model.parameters(), dtype),
          Shards.DEFAULT_BYTES,
          ModelFolder.sideFiles(base.model(), description),
          progress);
    }
  }

  private static void restore(Weights trained, Parameters parameters) {
    parameters.forEachSlice(
        Set.copyOf(parameters.layout().blocks()),
        (slice, memory) -> {
          if (trained.contains(slice.part().name())) {
            slice.read(trained::read, memory);
          }
        });
  }

  private static List<NamedTensor> tensors(Parameters parameters, DType dtype) {
    Set<Block> whole = new HashSet<>(parameters.layout().blocks());
    whole.removeIf(block -> block.part() == ModelPart.ADAPTERS);
    List<NamedTensor> tensors = new ArrayList<>();
    parameters.forEachPart(
        whole,
        (part, tensor) ->
            tensors.add(
                Cast.to(
                    dtype,
                    new NamedTensor(part.name(), DType.F32, part.shape(), tensor.pieces()))));
    return tensors;
  }
}
