package io.litoperator.worker.train;

import io.litoperator.worker.model.Targets;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A micro-batch's token losses where they were computed; a GPU may be at it still. */
public final class TokenLosses implements AutoCloseable {
  private final Targets targets;
  private final Tensor values;

  TokenLosses(Targets targets) {
    this.targets = targets;
    values = Tensor.empty(DType.FLOAT32, targets.count());
  }

  /** Losses of the targets from {@code start} on. */
  void put(int start, Tensor losses) {
    try (Tensor into = values.slice(start, start + losses.size())) {
      into.copyFrom(losses);
    }
  }

  /** Their sums; waits for all that was computed before. */
  public Losses sum() {
    return Losses.of(values.toFloats(), targets);
  }

  /** Closes them; those of a whole step are read at once, so that a GPU never waits within it. */
  static List<Losses> sums(List<TokenLosses> made) {
    List<Losses> sums = new ArrayList<>();
    for (TokenLosses losses : made) {
      try (losses) {
        sums.add(losses.sum());
      }
    }
    return sums;
  }

  @Override
  public void close() {
    values.close();
  }
}
