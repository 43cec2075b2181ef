package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** AdamW on flat ranges of parameters, fused: one pass over memory for each range. */
public final class AdamW implements AutoCloseable {
  private final Program program;
  private final List<Group> groups;
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
    mean = Tensor.zeros(DType.FLOAT32, gradients.flat().size());
    square = Tensor.zeros(DType.FLOAT32, gradients.flat().size());
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
   * Updates the parameters.
   *
   * @param step from 1
   * @param factor of the schedule, 0 to 1
   */
  public void step(Parameters parameters, Gradients gradients, long step, double factor) {
    try (Tensor count = Tensor.of(new float[] {step}, 1)) {
      for (Group group : groups) {
        Range range = group.gradients();
        try (Tensor values = parameters.flat().slice(group.values().start(), group.values().end());
            Tensor gradient = gradients.flat().slice(range.start(), range.end());
            Tensor groupMean = mean.slice(range.start(), range.end());
            Tensor groupSquare = square.slice(range.start(), range.end())) {
          program.call(
              "update",
              List.of(values),
              List.of(gradient),
              List.of(groupMean),
              List.of(groupSquare),
              List.of(count),
              group.learningRate() * factor);
        }
      }
    }
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
    mean.close();
    square.close();
    program.close();
  }
}
