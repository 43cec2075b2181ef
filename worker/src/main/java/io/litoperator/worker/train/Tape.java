package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Segment;
import io.litoperator.worker.torch.Autograd;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Segments that have been run, to be differentiated one by one from the last to the first. Between
 * two of them only the rows that pass are kept; with checkpointing, nothing else is, and each
 * segment is run again before it is differentiated.
 */
final class Tape implements AutoCloseable {
  private final Autograd autograd;
  private final Gradients gradients;
  private final boolean checkpointing;
  private final Consumer<Block> done;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /** A segment with its input; {@code output} is null where it is to be computed again. */
  private record Entry(Segment segment, Tensor input, Tensor output) {}

  /**
   * @param done called when a block's gradients are complete for this micro-batch
   */
  Tape(Autograd autograd, Gradients gradients, boolean checkpointing, Consumer<Block> done) {
    this.autograd = autograd;
    this.gradients = gradients;
    this.checkpointing = checkpointing;
    this.done = done;
  }

  /** Runs a segment. Takes over {@code x}; the result belongs to the caller. */
  Tensor forward(Segment segment, Tensor x) {
    try (x) {
      Tensor input = x.leaf(true);
      if (checkpointing) {
        entries.push(new Entry(segment, input, null));
        return segment.forward(x, gradients.weights(segment.block()));
      }
      Tensor output = record(segment, input);
      entries.push(new Entry(segment, input, output));
      return output.leaf(false);
    }
  }

  /**
   * Differentiates all, given the last result's gradient, which it takes over; the first input's.
   */
  Tensor backward(Tensor gradient) {
    while (!entries.isEmpty()) {
      gradient = backward(entries.pop(), gradient);
    }
    return gradient;
  }

  private Tensor backward(Entry entry, Tensor gradient) {
    Block block = entry.segment().block();
    try (gradient;
        Tensor input = entry.input();
        Tensor output = checkpointing ? record(entry.segment(), input) : entry.output()) {
      Tensor inputGradient =
          autograd.backward(
              output,
              gradient,
              input,
              gradients.differentiated(block),
              gradients.gradients(block),
              gradients.accumulate(block));
      done.accept(block);
      return inputGradient;
    }
  }

  private Tensor record(Segment segment, Tensor input) {
    return Autograd.recording(() -> segment.forward(input, gradients.weights(segment.block())));
  }

  @Override
  public void close() {
    for (Entry entry : entries) {
      entry.input().close();
      if (entry.output() != null) {
        entry.output().close();
      }
    }
    entries.clear();
  }
}
