package io.litoperator.worker.run;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.judge.Judge;
import io.litoperator.worker.evaluate.judge.Judgement;
import io.litoperator.worker.evaluate.judge.JudgementCache;
import io.litoperator.worker.evaluate.judge.Judging;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Has answers judged by the judge that a plan names. */
final class Judgements {
  private Judgements() {}

  /** Why a task cannot be scored where no judge is configured. */
  static Failure missing(String task) {
    return new Failure(
        ExitCode.INVALID,
        "Task %s needs a judge and none is configured; give evaluate.judge of the job, or --judge-url and --judge-model."
            .formatted(task));
  }

  /**
   * @param folder of what the judge has answered before
   * @param done told how many are judged
   */
  static List<Judgement> of(
      String task,
      Judging judging,
      List<Answered> pairs,
      Optional<EvaluationPlan.Judge> plan,
      Path folder,
      IntConsumer done) {
    Judge judge =
        new Judge(
            plan.orElseThrow(() -> missing(task)), System.getenv(), new JudgementCache(folder));
    List<String> said = judge.ask(pairs.stream().map(judging::prompt).toList(), done);
    return IntStream.range(0, pairs.size())
        .mapToObj(i -> new Judgement(pairs.get(i), said.get(i)))
        .toList();
  }
}
