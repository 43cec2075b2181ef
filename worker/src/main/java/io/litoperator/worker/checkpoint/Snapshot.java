package io.litoperator.worker.checkpoint;

import io.litoperator.worker.safetensors.NamedTensor;
import java.util.List;
import java.util.Map;

/**
 * All that a checkpoint holds. The tensors' buffers belong to the snapshot until it is saved:
 * training must not write to them meanwhile.
 *
 * @param model parameters by their Hugging Face names
 * @param optimizer moments; may be empty
 * @param sideFiles small files by name, such as {@code config.json} and {@code tokenizer.json}
 */
public record Snapshot(
    TrainingState state,
    List<NamedTensor> model,
    List<NamedTensor> optimizer,
    Map<String, byte[]> sideFiles) {

  public Snapshot {
    model = List.copyOf(model);
    optimizer = List.copyOf(optimizer);
    sideFiles = Map.copyOf(sideFiles);
    for (String name : sideFiles.keySet()) {
      if (!Manifest.isFileName(name) || name.endsWith(".safetensors")) {
        throw new IllegalArgumentException("not the name of a side file: " + name);
      }
    }
  }

  /** Bytes of the tensors: about what the checkpoint takes on disk. */
  long bytes() {
    return bytes(model) + bytes(optimizer);
  }

  private static long bytes(List<NamedTensor> tensors) {
    return tensors.stream().mapToLong(NamedTensor::bytes).sum();
  }
}
