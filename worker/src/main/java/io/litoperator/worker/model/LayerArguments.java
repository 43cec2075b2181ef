package io.litoperator.worker.model;

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

  /** To be called before every run, so that the same is dropped each time. */
  void seed();

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
    public void seed() {
      // nothing is drawn
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
    public void seed() {
      Torch.seed(dropoutSeed);
    }
  }
}
