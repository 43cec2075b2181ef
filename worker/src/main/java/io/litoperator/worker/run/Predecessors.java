package io.litoperator.worker.run;

import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.KeptCheckpoint;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.operator.Reporter;
import io.litoperator.worker.run.EvaluationScores.Score;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The coordinators before this one, as far as it reports what they have left. */
record Predecessors(RunPlan plan, CheckpointStore store, Places places) {
  /** The newest checkpoints, the best, and scores. */
  Reporter.Inheritance inheritance(List<Evaluation> evaluations) {
    CheckpointScores scores = CheckpointScores.of(plan, store);
    List<KeptCheckpoint> complete = store.complete();
    Map<CheckpointId, Score> known = scores.all(complete);
    Optional<CheckpointId> best = scores.best(complete);
    int older = complete.size() - (ProgressReport.MAX_CHECKPOINTS - 1);
    List<SavedCheckpoint> told =
        IntStream.range(0, complete.size())
            .filter(i -> i >= older || best.filter(complete.get(i).id()::equals).isPresent())
            .mapToObj(complete::get)
            .map(kept -> saved(kept, Optional.ofNullable(known.get(kept.id()))))
            .toList();
    return new Reporter.Inheritance(
        told, best.map(CheckpointId::toString).orElse(null), evaluations);
  }

  private SavedCheckpoint saved(KeptCheckpoint kept, Optional<Score> score) {
    return new SavedCheckpoint(
        kept.id().stage().label(),
        kept.id().step(),
        places.name(kept.name()),
        kept.bytes(),
        kept.digest(),
        kept.savedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
        score.map(known -> Reporter.decimal(known.score())).orElse(null));
  }
}
