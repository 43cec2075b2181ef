package io.litoperator.worker.run;

import io.litoperator.worker.distributed.agent.Activity;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;

/** What a rank does in a run without stages: it evaluates a trained model. */
record EvaluationWork(RankVoice voice) {
  RankWork.Outcome run() {
    RunPlan plan = voice.plan();
    RankLink link = voice.link();
    link.heartbeat(0, Activity.EVALUATING);
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model =
            sources.build(plan.seed(), Parameters.typeOf(plan.topology().precision()), link)) {
      boolean finished =
          new TaskRun(
                  voice,
                  sources,
                  model,
                  Runs.predictions(plan),
                  scores -> scores.forEach(score -> voice.tell(score.event(null))))
              .run(plan.evaluation().tasks(), link::stopRequested);
      return finished ? RankWork.Outcome.FINISHED : RankWork.Outcome.STOPPED;
    }
  }
}
