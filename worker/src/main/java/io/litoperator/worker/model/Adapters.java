package io.litoperator.worker.model;

import io.litoperator.worker.model.Weight.Part;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank adapters beside all matrices of the language model's layers, but not its vocabulary, as
 * in LLaVA and TinyLLaVA. They are named as PEFT names them, and start as there: the first matrix
 * even over ±1/√in, the second zero.
 */
public final class Adapters {
  private static final String MATRIX = ".weight";

  private Adapters() {}

  /** A layer's: for each of its matrices (out, in), (rank, in) and then (out, rank). */
  static Block block(Block layer, LoraPlan lora) {
    List<Weight> weights = new ArrayList<>();
    for (Weight weight : layer.weights()) {
      if (weight.isMatrix()) {
        weight.parts().forEach(part -> weights.addAll(pair(part, lora.rank())));
      }
    }
    return new Block(layer.name() + ".adapters", ModelPart.ADAPTERS, true, weights);
  }

  private static List<Weight> pair(Part matrix, int rank) {
    long out = matrix.shape()[0];
    long in = matrix.shape()[1];
    String name = module(matrix.name());
    return List.of(
        Weight.of(name + ".lora_A.weight", new Init.Uniform(1 / Math.sqrt(in)), rank, in),
        Weight.of(name + ".lora_B.weight", Init.ZEROS, out, rank));
  }

  private static String module(String name) {
    return name.substring(0, name.length() - MATRIX.length());
  }

  /** The last part of the names of the modules that have adapters, such as {@code q_proj}. */
  public static List<String> targets(Layout layout) {
    return layout.decoderLayers().get(0).weights().stream()
        .filter(Weight::isMatrix)
        .flatMap(weight -> weight.parts().stream())
        .map(part -> module(part.name()))
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .toList();
  }

  /** Adds the adapters to the matrices beside them, and makes them zero. */
  public static void fold(Parameters parameters) {
    Layout layout = parameters.layout();
    if (layout.lora().isEmpty()) {
      return;
    }
    double scale = layout.lora().get().scale();
    try (Program program = Program.load(Adapters.class, "Adapters", Map.of())) {
      for (int i = 0; i < layout.adapters().size(); i++) {
        fold(parameters, layout.decoderLayers().get(i), layout.adapters().get(i), scale, program);
      }
    }
  }

  /**
   * As {@link #fold}, until the result is closed: then all is as it was, bit by bit. Meanwhile the
   * host's memory has the layers and adapters once more.
   */
  public static Folded folded(Parameters parameters) {
    Layout layout = parameters.layout();
    Map<Block, Tensor> before = new LinkedHashMap<>();
    if (layout.lora().isPresent()) {
      for (int i = 0; i < layout.adapters().size(); i++) {
        for (Block block : List.of(layout.decoderLayers().get(i), layout.adapters().get(i))) {
          try (Tensor memory = parameters.memory(block)) {
            before.put(block, memory.hostCopy(parameters.type()));
          }
        }
      }
    }
    fold(parameters);
    return () ->
        before.forEach(
            (block, copy) -> {
              try (copy;
                  Tensor memory = parameters.memory(block)) {
                memory.copyFrom(copy);
              }
            });
  }

  /** Adapters that are folded for the time being. */
  public interface Folded extends AutoCloseable {
    @Override
    void close();
  }

  private static void fold(
      Parameters parameters, Block layer, Block block, double scale, Program program) {
    List<Tensor> weights = parameters.weights(layer);
    List<Tensor> adapters = parameters.weights(block);
    int next = 0;
    for (int i = 0; i < weights.size(); i++) {
      Weight weight = layer.weights().get(i);
      if (weight.isMatrix()) {
        int end = next + 2 * weight.parts().size();
        program.call("fold", weights.get(i), adapters.subList(next, end), scale);
        next = end;
      }
    }
    weights.forEach(Tensor::close);
    adapters.forEach(Tensor::close);
  }
}
