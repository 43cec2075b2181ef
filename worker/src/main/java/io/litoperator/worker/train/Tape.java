package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Differentiable;
import io.litoperator.worker.model.Segment;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.torch.Autograd;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Segments that have been run, to be differentiated one by one from the last to the first. Between
 * two of them only the rows that pass are kept; with full checkpointing, nothing else is, and each
 * segment is run again before it is differentiated; with selective, those that bring their
 * derivative keep what is dear to compute again and small.
 */
final class Tape implements AutoCloseable {
  private final Autograd autograd;
  private final StepClock clock;
  private final BlockWeights weights;
  private final Gradients gradients;
  private final Checkpointing checkpointing;
  private final InputMemory inputs;
  private final Consumer<Block> done;
  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * A segment with its input.
   *
   * @param kept what its derivative needs besides; empty where that is to be computed again
   */
  private record Entry(Segment segment, Tensor input, List<Tensor> kept) {}

  /**
   * A segment's output, and what its derivative needs: of autograd's, the output with its graph.
   */
  private record Recorded(Tensor output, List<Tensor> kept) {}

  /**
   * @param inputs keeps the inputs of segments that are run again, while it has room
   * @param done called when a block's gradients are complete for this micro-batch
   */
  Tape(
      StepClock clock,
      Autograd autograd,
      BlockWeights weights,
      Gradients gradients,
      Checkpointing checkpointing,
      InputMemory inputs,
      Consumer<Block> done) {
    this.autograd = autograd;
    this.clock = clock;
    this.weights = weights;
    this.gradients = gradients;
    this.checkpointing = checkpointing;
    this.inputs = inputs;
    this.done = done;
  }

  /** Runs a segment. Takes over {@code x}; the result belongs to the caller. */
  Tensor forward(Segment segment, Tensor x) {
    return clock.time(Phase.FORWARD, segment.block().name(), () -> run(segment, x));
  }

  private Tensor run(Segment segment, Tensor x) {
    if (isRunAgain(segment)) {
      return runWithoutRecord(segment, x);
    }
    try (x) {
      Tensor input = x.leaf(true);
      Recorded recorded = record(segment, input, checkpointing == Checkpointing.SELECTIVE);
      entries.push(new Entry(segment, input, recorded.kept()));
      return recorded.output();
    }
  }

  private Tensor runWithoutRecord(Segment segment, Tensor x) {
    try (Tensor rows = inputs.keep(x)) {
      Tensor input = rows.leaf(true);
      entries.push(new Entry(segment, input, List.of()));
      return segment.forward(input, weights.of(segment.block()));
    }
  }

  /**
   * Differentiates all, given the last result's gradient, which it takes over; the first input's.
   */
  Tensor backward(Tensor gradient) {
    while (!entries.isEmpty()) {
      Entry entry = entries.pop();
      Tensor output = gradient;
      gradient =
          clock.time(Phase.BACKWARD, entry.segment().block().name(), () -> backward(entry, output));
    }
    return gradient;
  }

  private Tensor backward(Entry entry, Tensor gradient) {
    Block block = entry.segment().block();
    List<Tensor> kept = isRunAgain(entry.segment()) ? recompute(entry) : entry.kept();
    try (gradient;
        Tensor input = entry.input()) {
      Tensor inputGradient = differentiate(entry.segment(), input, kept, gradient);
      done.accept(block);
      return inputGradient;
    } finally {
      kept.forEach(Tensor::close);
    }
  }

  private boolean isRunAgain(Segment segment) {
    return switch (checkpointing) {
      case NONE -> !(segment instanceof Differentiable) && !weights.stay();
      case SELECTIVE -> !(segment instanceof Differentiable);
      case FULL -> true;
    };
  }

  private List<Tensor> recompute(Entry entry) {
    Recorded recorded = record(entry.segment(), entry.input(), false);
    recorded.output().close();
    return recorded.kept();
  }

  private Recorded record(Segment segment, Tensor input, boolean lean) {
    List<Tensor> own = weights.of(segment.block());
    if (segment instanceof Differentiable written) {
      List<Tensor> all = written.record(input, own, lean);
      return new Recorded(all.get(0), all.subList(1, all.size()));
    }
    Tensor output = Autograd.recording(() -> segment.forward(input, own));
    return new Recorded(output.leaf(false), List.of(output));
  }

  private Tensor differentiate(Segment segment, Tensor input, List<Tensor> kept, Tensor gradient) {
    Block block = segment.block();
    List<Tensor> into = gradients.of(block);
    boolean accumulate = gradients.accumulate(block);
    List<Tensor> differentiated = gradients.trains(block) ? weights.of(block) : List.of();
    if (segment instanceof Differentiable written) {
      return written.backward(input, kept, gradient, weights.of(block), into, accumulate);
    }
    return autograd.backward(kept.get(0), gradient, input, differentiated, into, accumulate);
  }

  @Override
  public void close() {
    for (Entry entry : entries) {
      entry.input().close();
      entry.kept().forEach(Tensor::close);
    }
    entries.clear();
  }
}
