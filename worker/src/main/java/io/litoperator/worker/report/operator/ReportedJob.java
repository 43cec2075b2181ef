package io.litoperator.worker.report.operator;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * What reports need to know of a job.
 *
 * @param stages in the order in which they run; at least one
 * @param evaluates whether tasks follow the last stage
 * @param keptCheckpoints how many newest ones there are at a time
 * @param places how a job names a folder, for checkpoints' URIs
 */
public record ReportedJob(
    List<Stage> stages, boolean evaluates, int keptCheckpoints, UnaryOperator<String> places) {

  public ReportedJob {
    stages = List.copyOf(stages);
  }

  /**
   * @param steps of the stage, where the job says
   */
  public record Stage(String label, OptionalInt steps) {}

  /**
   * How much of all training is done, 0 to 1. Stages count by their steps where these are known of
   * all, else alike.
   *
   * @param stage under way
   * @param done part of that stage, 0 to 1
   */
  double fractionDone(String stage, double done) {
    boolean known = stages.stream().allMatch(s -> s.steps().isPresent());
    double before = 0;
    double total = 0;
    boolean reached = false;
    for (Stage each : stages) {
      double weight = known ? each.steps().getAsInt() : 1;
      reached |= each.label().equals(stage);
      before += each.label().equals(stage) ? weight * done : reached ? 0 : weight;
      total += weight;
    }
    return before / total;
  }
}
