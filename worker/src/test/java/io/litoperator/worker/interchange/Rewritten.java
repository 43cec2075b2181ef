package io.litoperator.worker.interchange;

import io.litoperator.worker.model.published.TensorNames;
import io.litoperator.worker.safetensors.Cast;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.safetensors.NamedTensor;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.transfer.Progress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Weights of a model's folder, written anew for a test. */
final class Rewritten {
  private Rewritten() {}

  /** Under other names, in another type, in shards. */
  static void as(Path model, TensorNames names, DType dtype, long shardBytes, Path target) {
    Weights weights = Weights.open(model);
    TensorNames theirs = TensorNames.of(weights.names()).orElseThrow();
    List<NamedTensor> tensors =
        weights.names().stream()
            .map(
                name -> {
                  NamedTensor tensor = Cast.to(dtype, weights.tensor(name));
                  return renamed(tensor, names.theirs(theirs.ours(name).get()).orElseThrow());
                })
            .toList();
    ModelWriter.write(target, tensors, shardBytes, Map.of(), Progress.NONE);
  }

  /** With other tensors. */
  static void changed(Path model, Consumer<List<NamedTensor>> change, Path target) {
    Weights weights = Weights.open(model);
    List<NamedTensor> tensors =
        new ArrayList<>(weights.names().stream().map(weights::tensor).toList());
    change.accept(tensors);
    ModelWriter.write(target, tensors, Long.MAX_VALUE, Map.of(), Progress.NONE);
  }

  /** The tensors that these names have, such as those of the language model alone. */
  static void part(Path model, TensorNames names, UnaryOperator<NamedTensor> change, Path target) {
    changed(
        model,
        tensors -> {
          tensors.removeIf(t -> names.theirs(t.name()).isEmpty());
          tensors.replaceAll(t -> renamed(change.apply(t), names.theirs(t.name()).orElseThrow()));
        },
        target);
  }

  static NamedTensor renamed(NamedTensor tensor, String name) {
    return new NamedTensor(name, tensor.dtype(), tensor.shape(), tensor.data());
  }

  /** All bytes by name, with type and shape. */
  static Map<String, String> content(Path folder) {
    Weights weights = Weights.open(folder);
    Map<String, String> content = new TreeMap<>();
    for (String name : weights.names()) {
      ByteBuffer data = weights.data(name);
      content.put(
          name, weights.info(name).dtype() + " " + weights.info(name).elements() + " " + hex(data));
    }
    return content;
  }

  private static String hex(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
