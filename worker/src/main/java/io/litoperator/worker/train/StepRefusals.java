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
   * Refuses values that are not finite: the first of what they come from. A rank whose own losses
   * are names none of its samples for another's.
   *
   * @param microBatches this rank's
   * @param mine losses of each
   * @param all losses of all ranks
   * @param norm of the gradient, on all ranks
   */
  void requireFinite(
      long step, List<List<Sample>> microBatches, List<Losses> mine, Losses all, double norm) {
    for (int i = 0; i < mine.size(); i++) {
      requireFinite("loss", mine.get(i).sum(), step, microBatches.get(i));
    }
    if (!Double.isFinite(all.sum())) {
      throw new Failure(
          ExitCode.PEER_LOST,
          "Rank %d ends at %s step %d, since another rank's loss is not finite."
              .formatted(rank, stage.label(), step));
    }
    List<Sample> samples = microBatches.stream().flatMap(List::stream).toList();
    requireFinite("gradient norm", norm, step, samples);
  }

  private void requireFinite(String what, double value, long step, List<Sample> samples) {
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
