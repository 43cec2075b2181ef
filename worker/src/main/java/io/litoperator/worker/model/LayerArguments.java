package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import java.util.function.Supplier;

/** What a decoder layer's program takes as weights and adapters, given the weights that train. */
sealed interface LayerArguments {
  /** Of a layer without adapters. */
  LayerArguments PLAIN = new Plain();

  List<Tensor> weights(List<Tensor> training);

  List<Tensor> adapters(List<Tensor> training);

  /** Dropout's, of rows x; the same each time. The caller closes them. */
  List<Tensor> masks(Program layer, Tensor x, List<Tensor> training);

  record Plain() implements LayerArguments {
    @Override
    public List<Tensor> weights(List<Tensor> training) {
      return training;
    }

    @Override
    public List<Tensor> adapters(List<Tensor> training) {
      return List.of();
    }

    @Override
    public List<Tensor> masks(Program layer, Tensor x, List<Tensor> training) {
      return List.of();
    }
  }

  /**
   * @param frozen gives the layer's own weights
   * @param dropoutSeed of this layer and batch
   */
  record Adapted(Supplier<List<Tensor>> frozen, long dropoutSeed) implements LayerArguments {
    @Override
    public List<Tensor> weights(List<Tensor> training) {
      return frozen.get();
    }

    @Override
    public List<Tensor> adapters(List<Tensor> training) {
      return training;
    }

    @Override
    public List<Tensor> masks(Program layer, Tensor x, List<Tensor> training) {
      Torch.seed(dropoutSeed);
      return List.of(layer.tensors("masks", x, training));
    }
  }
}
