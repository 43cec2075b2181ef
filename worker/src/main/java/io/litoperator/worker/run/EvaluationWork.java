package io.litoperator.worker.run;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.Activity;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;

/** What a rank does in a run without stages: it evaluates a trained model. */
final class EvaluationWork {
  private final RunPlan plan;
  private final RankLink link;
  private final Collective ranks;

  EvaluationWork(RunPlan plan, RankLink link, Collective ranks) {
    this.plan = plan;
    this.link = link;
    this.ranks = ranks;
  }

  RankWork.Outcome run() {
    link.heartbeat(0, Activity.EVALUATING);
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model =
            sources.build(plan.seed(), Parameters.typeOf(plan.topology().precision()), link)) {
      boolean finished =
          new TaskRun(
                  plan,
                  sources,
                  model,
                  ranks,
                  this::tell,
                  link::alive,
                  Runs.predictions(plan),
                  scores -> scores.forEach(score -> tell(score.event(null))))
              .run(plan.evaluation().tasks(), link::stopRequested);
      return finished ? RankWork.Outcome.FINISHED : RankWork.Outcome.STOPPED;
    }
  }

  /** Rank 0 speaks for all. */
  private void tell(Event event) {
    if (ranks.rank() == 0) {
      link.send(event);
    }
  }
}
