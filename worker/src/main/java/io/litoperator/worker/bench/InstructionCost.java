package io.litoperator.worker.bench;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.train.OptimizerStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What learning from instructions costs: steps under LIT beside steps under VIT on the same text,
 * at several ratios of instruction to answer (the paper's Table 8). VIT supervises the answers, LIT
 * all of the text; the steps take turns, so that a machine's drift meets both.
 */
public final class InstructionCost {
  private static final List<Double> RATIOS = List.of(0.05, 0.1, 1.0, 10.0, 20.0);

  private final BenchOptions options;

  public InstructionCost(BenchOptions options) {
    this.options = options;
  }

  /**
   * One row of the table.
   *
   * @param ratio of instruction tokens to answer tokens
   * @param vit median seconds of a step
   * @param lit median seconds of a step
   * @param cost median over neighbouring steps of LIT's seconds by VIT's
   */
  public record Row(
      double ratio, int vitTokens, int litTokens, double vit, double lit, double cost) {}

  /** Measures; torch must have been started. */
  public List<Row> measure() {
    try (VisionLanguageModel model = Bench.load(options, new Alone());
        OptimizerStep optimizer =
            new OptimizerStep(model, Bench.stage(options, 1), Sharding.NONE, new Alone())) {
      List<Row> rows = new ArrayList<>();
      for (double ratio : RATIOS) {
        rows.add(measure(ratio, model, optimizer));
      }
      return rows;
    }
  }

  private Row measure(double ratio, VisionLanguageModel model, OptimizerStep optimizer) {
    List<Sample> vit = batch(1 / (1 + ratio), model);
    List<Sample> lit = batch(1, model);
    seconds(optimizer, vit);
    seconds(optimizer, lit);
    double[] vitSeconds = new double[options.steps()];
    double[] litSeconds = new double[options.steps()];
    double[] costs = new double[options.steps()];
    for (int i = 0; i < options.steps(); i++) {
      vitSeconds[i] = seconds(optimizer, vit);
      litSeconds[i] = seconds(optimizer, lit);
      costs[i] = litSeconds[i] / vitSeconds[i];
    }
    return new Row(
        ratio,
        supervised(vit),
        supervised(lit),
        median(vitSeconds),
        median(litSeconds),
        median(costs));
  }

  private List<Sample> batch(double answers, VisionLanguageModel model) {
    BatchShape given = options.shape();
    BatchShape shape = new BatchShape(given.sequences(), given.text(), given.mixed(), answers);
    return SyntheticBatch.of(shape, model.config(), Bench.SEED);
  }

  private static double seconds(OptimizerStep optimizer, List<Sample> batch) {
    long start = System.nanoTime();
    optimizer.run(1, 1, List.of(batch), OptimizerStep.Wishes.NONE);
    return (System.nanoTime() - start) * 1e-9;
  }

  private static int supervised(List<Sample> batch) {
    return batch.stream().mapToInt(Sample::supervisedTokens).sum();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
