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
    rowsAtOnce = rowsAtOnce(Torch.device().isCuda(), config.vocabularySize());
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

  /** As many rows as have no more logits than {@link #logitsBytes}; at least 1. */
  static int rowsAtOnce(boolean cuda, int vocabulary) {
    return (int) Math.max(1, logitsBytes(cuda) / (Float.BYTES * (long) vocabulary));
  }

  /** Rows whose losses are to be taken at a time, at most; at least 1. */
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

  /**
   * Negative log-likelihood (rows,) of each row's target.
   *
   * @throws IllegalArgumentException if there are more rows than {@link #rowsAtOnce}
   */
  public Tensor losses(Tensor x, Tensor targets, List<Tensor> weights) {
    requireFew(x);
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
   * @throws IllegalArgumentException if there are more rows than {@link #rowsAtOnce}
   */
  public Tensor[] backward(
      Tensor x,
      Tensor targets,
      double scale,
      List<Tensor> weights,
      List<Tensor> gradients,
      boolean accumulate) {
    requireFew(x);
    return program.tensors(
        "backward", x, targets, scale, weights, gradients, accumulate ? 1.0 : 0.0);
  }

  private void requireFew(Tensor x) {
    long rows = x.shape()[0];
    if (rows > rowsAtOnce) {
      throw new IllegalArgumentException(
          "logits of " + rows + " rows at once, of at most " + rowsAtOnce);
    }
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
