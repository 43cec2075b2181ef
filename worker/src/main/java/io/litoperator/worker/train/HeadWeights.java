package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * The last norm and the vocabulary, wherever the vocabulary lies: a tied one is the embedding's
 * table, whose gradient both add to.
 *
 * @param accumulate whether both gradients hold something of this step already
 */
record HeadWeights(List<Tensor> all, List<Tensor> gradients, boolean accumulate) {

  /** Marks the gradients as written. */
  static HeadWeights of(VisionLanguageModel model, BlockWeights weights, Gradients gradients) {
    Block head = model.layout().head();
    boolean accumulate = gradients.accumulate(head);
    if (!model.config().text().tiedEmbeddings()) {
      return new HeadWeights(weights.of(head), gradients.of(head), accumulate);
    }
    Block embedding = model.layout().embedding();
    gradients.accumulate(embedding);
    return new HeadWeights(
        joined(weights.of(head), weights.of(embedding)),
        joined(gradients.of(head), gradients.of(embedding)),
        accumulate);
  }

  private static List<Tensor> joined(List<Tensor> first, List<Tensor> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
