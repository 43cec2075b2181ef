package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import java.util.Map;

/** The final norm and the vocabulary's logits. */
public final class Head implements AutoCloseable {
  /** From 32 MiB on, the C library takes new pages from the kernel for each. */
  private static final long CPU_LOGITS_BYTES = 31L << 20;

  /** A GPU wants larger products. */
  private static final long CUDA_LOGITS_BYTES = 256L << 20;

  /**
   * Elements of the vocabulary's gradient that are made at a time in training, where all of it need
   * not be there at once.
   */
  public static final long CPU_GRADIENT_ELEMENTS = 1L << 21;

  private final Program program;
  private final int rowsAtOnce;

  Head(TextConfig config) {
    long rows =
        logitsBytes(Torch.device().isCuda()) / (Float.BYTES * (long) config.vocabularySize());
    rowsAtOnce = (int) Math.max(1, rows);
    program =
        Program.load(
            Head.class,
            "Head",
            Map.of("epsilon", config.normEpsilon(), "layer_norm", config.family().isLayerNorm()));
  }

  /** Bytes of logits, in fp32, that are made at a time where losses are taken. */
  public static long logitsBytes(boolean cuda) {
    return cuda ? CUDA_LOGITS_BYTES : CPU_LOGITS_BYTES;
  }

  /** Rows whose losses are to be taken at a time; at least 1. */
  public int rowsAtOnce() {
    return rowsAtOnce;
  }

  /**
   * @param x (rows, hidden)
   * @param weights the last norm's and the vocabulary's
   * @return (rows, vocabulary)
   */
  public Tensor logits(Tensor x, List<Tensor> weights) {
    return program.tensor("logits", x, weights);
  }

  /** Negative log-likelihood (rows,) of each row's target. */
  public Tensor losses(Tensor x, Tensor targets, List<Tensor> weights) {
    return program.tensor("losses", x, targets, weights);
  }

  /**
   * Differentiates {@code scale} times the sum of the rows' losses, but for the vocabulary.
   *
   * @param weights the last norm's and the vocabulary's
   * @param gradients the norm's, and possibly others behind them; empty if they are frozen
   * @param accumulate whether to add to {@code gradients} instead of overwriting them
   * @return the losses (rows,), the gradient of x, and what {@link #addGradient} takes: the logits'
   *     gradient without the scale, and the norm's result times the scale
   */
  public Tensor[] backward(
      Tensor x,
      Tensor targets,
      double scale,
      List<Tensor> weights,
      List<Tensor> gradients,
      boolean accumulate) {
    return program.tensors(
        "backward", x, targets, scale, weights, gradients, accumulate ? 1.0 : 0.0);
  }

  /**
   * The gradient of some of the vocabulary's rows.
   *
   * @param first of these rows
   * @param gradients the rows', and their biases' if there are any
   * @param accumulate whether to add to {@code gradients} instead of overwriting them
   */
  public void addGradient(
      Tensor logitsGradient,
      Tensor scaled,
      double scale,
      long first,
      List<Tensor> gradients,
      boolean accumulate) {
    program.call(
        "add_gradient", logitsGradient, scaled, scale, first, gradients, accumulate ? 1.0 : 0.0);
  }

  /** Some rows of x. */
  public Tensor select(Tensor x, Tensor rows) {
    return program.tensor("select", x, rows);
  }

  /** Puts the gradient of some rows into one of all rows. */
  public void place(Tensor all, Tensor rows, Tensor gradient) {
    program.call("place", all, rows, gradient);
  }

  /**
   * The likeliest next token of each row.
   *
   * @param barred ids that must not come
   */
  public long[] greedy(Tensor x, List<Tensor> weights, long... barred) {
    try (Tensor ids = program.tensor("greedy", x, weights, barred)) {
      return ids.toLongs();
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
