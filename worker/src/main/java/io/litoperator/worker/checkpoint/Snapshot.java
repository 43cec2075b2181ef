package io.litoperator.worker.checkpoint;

import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Shards;
import java.util.List;
import java.util.Map;

/**
 * All that a rank writes of a checkpoint. The tensors' buffers belong to the snapshot until it is
 * saved: training must not write to them meanwhile.
 *
 * @param share which part of the checkpoint it is
 * @param model parameters by their Hugging Face names, divided into files; the same on every rank,
 *     but only those of the share's own files need content
 * @param optimizer moments, or pieces of them that the other shares continue; may be empty
 * @param sideFiles small files by name, such as {@code config.json} and {@code tokenizer.json}
 */
public record Snapshot(
    TrainingState state,
    Share share,
    Shards model,
    List<NamedTensor> optimizer,
    Map<String, byte[]> sideFiles) {

  public Snapshot {
    optimizer = List.copyOf(optimizer);
    sideFiles = Map.copyOf(sideFiles);
    for (String name : sideFiles.keySet()) {
      if (!Manifest.isFileName(name) || name.endsWith(".safetensors")) {
        throw new IllegalArgumentException("not the name of a side file: " + name);
      }
    }
  }

  CheckpointId id() {
    return state.id();
  }

  /** Bytes of the share's tensors: about what it takes on disk. */
  long bytes() {
    return share.of(model).values().stream().mapToLong(Snapshot::bytes).sum() + bytes(optimizer);
  }

  private static long bytes(List<NamedTensor> tensors) {
    return tensors.stream().mapToLong(NamedTensor::bytes).sum();
  }
}
