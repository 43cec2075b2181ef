package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.StagePlan.Stage;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Refuses steps from which nothing can be learnt.
 *
 * @param rank that names its samples
 */
record StepRefusals(Stage stage, int rank) {
  private static final int NAMES_IN_MESSAGE = 4;

  /**
   * @param all what the whole batch holds
   */
  void requireSupervised(long step, Tally all) {
    if (all.tokens() == 0) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Step %d of the %s has no supervised token in its whole batch; 'lit check' tells which samples have none."
              .formatted(step, stage.label()));
    }
  }

  /**
   * @param samples of this rank, among which the cause may be
   */
  void requireFinite(String what, double value, long step, List<Sample> samples) {
    if (Double.isFinite(value)) {
      return;
    }
    String names =
        samples.stream().limit(NAMES_IN_MESSAGE).map(Sample::id).collect(Collectors.joining(", "));
    throw new Failure(
        ExitCode.BAD_DATA,
        "The %s of %s step %d is not finite, with samples %s%s on rank %d; lower the learning rate or set clipNorm, and run with --resume: the last checkpoint is kept."
            .formatted(
                what,
                stage.label(),
                step,
                names,
                samples.size() > NAMES_IN_MESSAGE ? ", …" : "",
                rank));
  }
}
