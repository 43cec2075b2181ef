package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.Targets;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.Weight;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Losses and gradients of the last norm and the vocabulary, wherever that lies: a tied one is the
 * embedding's table, whose gradient both add to. Logits are made of some supervised rows at a time,
 * and of the vocabulary's gradient a piece at a time.
 */
final class HeadPass {
  private final VisionLanguageModel model;
  private final BlockWeights weights;
  private final Gradients gradients;
  private final Block head;

  HeadPass(VisionLanguageModel model, BlockWeights weights, Gradients gradients) {
    this.model = model;
    this.weights = weights;
    this.gradients = gradients;
    head = model.layout().head();
  }

  /**
   * The gradient of {@code x}, which it takes over; fills in the losses.
   *
   * @param done called with each piece of the head as soon as it is complete
   */
  Tensor differentiate(
      Tensor x, Targets targets, double scale, TokenLosses losses, Consumer<Piece> done) {
    try (x) {
      Tensor gradient = Tensor.zeros(x.dtype(), x.shape());
      int most = model.head().rowsAtOnce();
      for (int start = 0; start < targets.count(); start += most) {
        int end = Math.min(targets.count(), start + most);
        Consumer<Piece> complete = end < targets.count() ? piece -> {} : done;
        differentiate(x, targets.part(start, end), start, scale, losses, gradient, complete);
      }
      return gradient;
    }
  }

  /**
   * @param start of these targets among all
   */
  private void differentiate(
      Tensor x,
      Targets targets,
      int start,
      double scale,
      TokenLosses losses,
      Tensor gradient,
      Consumer<Piece> done) {
    boolean trains = gradients.trains(head);
    boolean accumulate = trains && gradients.accumulate(first());
    try (Tensor rows = Tensor.of(targets.rows());
        Tensor ids = Tensor.of(targets.ids());
        Tensor selected = model.head().select(x, rows)) {
      List<Tensor> norm = trains ? gradients.of(first()) : List.of();
      Tensor[] results = model.head().backward(selected, ids, scale, weights(), norm, accumulate);
      try (Tensor loss = results[0];
          Tensor selectedGradient = results[1];
          Tensor logitsGradient = results[2];
          Tensor scaled = results[3]) {
        losses.put(start, loss);
        model.head().place(gradient, rows, selectedGradient);
        if (trains) {
          addGradient(logitsGradient, scaled, scale, accumulate, done);
        }
      }
    }
  }

  /** The head's first piece, which has the norm. */
  private Piece first() {
    return gradients.pieces(head).get(0);
  }

  private void addGradient(
      Tensor logitsGradient,
      Tensor scaled,
      double scale,
      boolean accumulateFirst,
      Consumer<Piece> done) {
    Layout layout = model.layout();
    boolean tied = model.config().text().tiedEmbeddings();
    for (Piece piece : gradients.pieces(tied ? layout.embedding() : head)) {
      if (!isNorm(piece)) {
        boolean accumulate = piece.equals(first()) ? accumulateFirst : gradients.accumulate(piece);
        model
            .head()
            .addGradient(logitsGradient, scaled, scale, piece.row(), vocabulary(piece), accumulate);
      }
      if (!tied) {
        done.accept(piece);
      }
    }
  }

  private boolean isNorm(Piece piece) {
    return piece.layout().weights().stream().noneMatch(Weight::isMatrix);
  }

  /** Gradients of a piece's rows of the vocabulary, and of their biases if there are any. */
  private List<Tensor> vocabulary(Piece piece) {
    List<Tensor> all = gradients.of(piece);
    long norms = piece.layout().weights().stream().takeWhile(w -> !w.isMatrix()).count();
    return all.subList((int) norms, all.size());
  }

  private List<Tensor> weights() {
    List<Tensor> all = new ArrayList<>(weights.of(head));
    if (model.config().text().tiedEmbeddings()) {
      all.addAll(weights.of(model.layout().embedding()));
    }
    return all;
  }
}
