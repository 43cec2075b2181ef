package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW on flat ranges of parameters, fused: one pass over memory for each range. Parameters in
 * bf16 are the rounded copies of fp32 masters, which are updated in their place.
 */
public final class AdamW implements AutoCloseable {
  /** Elements of bf16 parameters that are updated at once, by way of a wide copy of gradients. */
  private static final long PIECE = 1L << 24;

  private final Program program;
  private final Arithmetic arithmetic = new Arithmetic();
  private final List<Group> groups;
  private final Optional<Tensor> master;
  private final Tensor mean;
  private final Tensor square;

  /** Neighbouring blocks with one learning rate: where they lie in each flat buffer. */
  private record Group(Range values, Range gradients, double learningRate) {
    boolean continues(Group before) {
      return before.learningRate == learningRate
          && before.values.end() == values.start()
          && before.gradients.end() == gradients.start();
    }

    Group join(Group next) {
      return new Group(
          new Range(values.start(), next.values.end()),
          new Range(gradients.start(), next.gradients.end()),
          learningRate);
    }

    Group part(long start, long end) {
      return new Group(
          new Range(values.start() + start, values.start() + end),
          new Range(gradients.start() + start, gradients.start() + end),
          learningRate);
    }
  }

  /**
   * @param learningRates of parts that differ from the optimizer's
   */
  public AdamW(
      Parameters parameters,
      Gradients gradients,
      Optimizer optimizer,
      Map<ModelPart, Double> learningRates) {
    program =
        Program.load(
            AdamW.class,
            "AdamW",
            Map.of(
                "beta1", optimizer.beta1(),
                "beta2", optimizer.beta2(),
                "epsilon", optimizer.epsilon(),
                "weight_decay", optimizer.weightDecay()));
    groups = groups(parameters, gradients, optimizer.learningRate(), learningRates);
    master =
        parameters.type() == DType.FLOAT32
            ? Optional.empty()
            : Optional.of(widened(parameters, gradients));
    mean = Tensor.zeros(DType.FLOAT32, gradients.flat().size());
    square = Tensor.zeros(DType.FLOAT32, gradients.flat().size());
  }

  private static Tensor widened(Parameters parameters, Gradients gradients) {
    Tensor master = Tensor.empty(DType.FLOAT32, gradients.flat().size());
    for (Block block : gradients.trained()) {
      Range from = parameters.range(block);
      Range to = gradients.range(block);
      try (Tensor values = parameters.flat().slice(from.start(), from.end());
          Tensor into = master.slice(to.start(), to.end())) {
        into.copyFrom(values);
      }
    }
    return master;
  }

  private static List<Group> groups(
      Parameters parameters,
      Gradients gradients,
      double learningRate,
      Map<ModelPart, Double> learningRates) {
    List<Group> groups = new ArrayList<>();
    for (Block block : gradients.trained()) {
      double rate = learningRates.getOrDefault(block.part(), learningRate);
      Group group = new Group(parameters.range(block), gradients.range(block), rate);
      int last = groups.size() - 1;
      if (last >= 0 && group.continues(groups.get(last))) {
        groups.set(last, groups.get(last).join(group));
      } else {
        groups.add(group);
      }
    }
    return groups;
  }

  /**
   * Updates the parameters. What the gradients hold afterwards is not to be used.
   *
   * @param step from 1
   * @param factor of the schedule, 0 to 1
   * @param scale that gradients are to be multiplied by
   */
  public void step(
      Parameters parameters, Gradients gradients, long step, double factor, double scale) {
    try (Tensor count = Tensor.of(new float[] {step}, 1)) {
      if (master.isEmpty()) {
        arithmetic.scale(gradients.flat(), scale);
      }
      for (Group group : groups) {
        long size = group.gradients().size();
        long piece = master.isEmpty() ? size : PIECE;
        for (long start = 0; start < size; start += piece) {
          Group part = group.part(start, Math.min(size, start + piece));
          update(parameters, gradients, part, count, part.learningRate() * factor, scale);
        }
      }
    }
  }

  private void update(
      Parameters parameters,
      Gradients gradients,
      Group group,
      Tensor count,
      double learningRate,
      double scale) {
    try (Tensor values = slice(parameters.flat(), group.values());
        Tensor gradient = slice(gradients.flat(), group.gradients());
        Tensor means = slice(mean, group.gradients());
        Tensor squares = slice(square, group.gradients())) {
      if (master.isEmpty()) {
        program.call(
            "update",
            List.of(values),
            List.of(gradient),
            List.of(means),
            List.of(squares),
            List.of(count),
            learningRate);
        return;
      }
      try (Tensor masters = slice(master.get(), group.gradients())) {
        program.call(
            "update_rounded",
            List.of(values),
            List.of(gradient),
            List.of(masters),
            List.of(means),
            List.of(squares),
            List.of(count),
            learningRate,
            scale);
      }
    }
  }

  private static Tensor slice(Tensor flat, Range range) {
    return flat.slice(range.start(), range.end());
  }

  /** The fp32 parameters, laid out as the gradients; absent if the parameters are fp32. */
  public Optional<Tensor> master() {
    return master;
  }

  /** First moments, laid out as the gradients. */
  public Tensor mean() {
    return mean;
  }

  /** Second moments, laid out as the gradients. */
  public Tensor square() {
    return square;
  }

  @Override
  public void close() {
    master.ifPresent(Tensor::close);
    mean.close();
    square.close();
    program.close();
    arithmetic.close();
  }
}
