package io.litoperator.worker.interchange;

import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a checkpoint of adapters as PEFT loads it, on top of the model in llava-hf's layout. */
final class AdapterExport {
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";

  private AdapterExport() {}

  static Mapped run(Path checkpoint, Path target, Optional<DType> dtype, Progress progress) {
    Checkpoint opened = Checkpoint.open(checkpoint, progress);
    List<NamedTensor> tensors = new ArrayList<>();
    List<Mapped.Tensor> mapped = new ArrayList<>();
    for (String name : opened.model().names()) {
      ModelPart part = part(checkpoint, name);
      NamedTensor tensor = opened.model().tensor(name);
      NamedTensor typed = dtype.map(type -> Cast.to(type, tensor)).orElse(tensor);
      tensors.add(new NamedTensor(PREFIX + name, typed.dtype(), typed.shape(), typed.data()));
      mapped.add(
          new Mapped.Tensor(
              part,
              name,
              PREFIX + name,
              tensor.dtype(),
              typed.dtype(),
              tensor.bytes() / tensor.dtype().bytes()));
    }
    ModelWriter.write(
        target,
        new Shards(Map.of(WEIGHTS, tensors)),
        Map.of(AdapterFiles.CONFIG, ModelFolder.read(checkpoint.resolve(AdapterFiles.CONFIG))),
        progress);
    return new Mapped(mapped, List.of(), List.of());
  }

  private static ModelPart part(Path checkpoint, String name) {
    if (name.contains(".lora_A.") || name.contains(".lora_B.")) {
      return ModelPart.ADAPTERS;
    }
    if (name.startsWith("multi_modal_projector.")) {
      return ModelPart.CONNECTOR;
    }
    throw new Failure(
        ExitCode.INVALID,
        "%s holds %s beside adapters and connector, for which PEFT's files have no place; use lit merge."
            .formatted(checkpoint, name));
  }
}
