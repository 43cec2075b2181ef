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
  static HeadWeights of(VisionLanguageModel model, Gradients gradients) {
    Block head = model.layout().head();
    boolean accumulate = gradients.accumulate(head);
    if (!model.config().text().tiedEmbeddings()) {
      return new HeadWeights(gradients.weights(head), gradients.gradients(head), accumulate);
    }
    Block embedding = model.layout().embedding();
    gradients.accumulate(embedding);
    return new HeadWeights(
        joined(gradients.weights(head), gradients.weights(embedding)),
        joined(gradients.gradients(head), gradients.gradients(embedding)),
        accumulate);
  }

  private static List<Tensor> joined(List<Tensor> first, List<Tensor> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
