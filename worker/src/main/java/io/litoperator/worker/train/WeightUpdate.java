package io.litoperator.worker.train;

import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What a step does with the summed gradients: takes their norm, clips by it, updates this rank's
 * part of the weights, and gives it to the other ranks. Without clipping, a piece is updated as
 * soon as its gradient is summed, while those before it are still computed; with clipping, all wait
 * for the norm.
 */
final class WeightUpdate {
  /** Keeps the clipping factor finite, as in torch's {@code clip_grad_norm_}. */
  private static final double CLIP_EPSILON = 1e-6;

  private final StepClock clock;
  private final BlockWeights weights;
  private final GradientReducer reducer;
  private final GradientNorm norm;
  private final AdamW optimizer;
  private final Optional<Double> clipNorm;

  /**
   * @param clipNorm largest norm of all gradients; absent: no clipping
   */
  WeightUpdate(
      StepClock clock,
      BlockWeights weights,
      GradientReducer reducer,
      GradientNorm norm,
      AdamW optimizer,
      Optional<Double> clipNorm) {
    this.clock = clock;
    this.weights = weights;
    this.reducer = reducer;
    this.norm = norm;
    this.optimizer = optimizer;
    this.clipNorm = clipNorm;
  }

  /**
   * What is to be done with a piece and its sum as soon as that is there; absent with clipping.
   *
   * @param step from 1
   * @param factor of the learning-rate schedule, 0 to 1
   * @param average that turns the sum into the global batch's mean
   */
  Optional<BiConsumer<Piece, Tensor>> whenSummed(long step, double factor, double average) {
    return clipNorm.isPresent()
        ? Optional.empty()
        : Optional.of(
            (piece, sum) -> {
              norm.add(sum);
              update(piece, sum, step, factor, average);
            });
  }

  /** The norm of the mean gradient before clipping; every rank calls it, after the last pass. */
  double norm(double average) {
    if (clipNorm.isPresent()) {
      reducer.forEachSum((piece, sum) -> norm.add(sum));
    }
    return norm.take() * average;
  }

  /** Updates what was not yet, and returns when every rank has the new weights. */
  void finish(long step, double factor, double average, double norm) {
    if (clipNorm.isPresent()) {
      double clip = Math.min(1, clipNorm.get() / (norm + CLIP_EPSILON));
      reducer.forEachSum((piece, sum) -> update(piece, sum, step, factor, average * clip));
    }
    clock.time(Phase.COMMUNICATION, "settle", weights::settle);
  }

  private void update(Piece piece, Tensor sum, long step, double factor, double scale) {
    clock.time(
        Phase.OPTIMIZER,
        "update " + piece.block().name(),
        () -> {
          try (Tensor part = weights.part(piece.block());
              Tensor values = piece.of(part)) {
            optimizer.update(piece, values, sum, step, factor, scale);
          }
        });
    weights.updated(piece.block());
  }
}
