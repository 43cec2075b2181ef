package io.litoperator.operator.reconcile;

import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.operator.progress.ProgressStatus;
import java.util.Objects;

/**
 * Lets a change of a job through if a plan can depend on it: the spec, a deletion, and what a
 * coordinator reports besides its steps. The reconciler's own writes are not among them.
 */
public final class News implements OnUpdateFilter<LitTrainingJob> {
  @Override
  public boolean accept(LitTrainingJob now, LitTrainingJob before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || now.isMarkedForDeletion() != before.isMarkedForDeletion()
        || !Objects.equals(gist(now), gist(before));
  }

  private static Coordinator gist(LitTrainingJob job) {
    return ProgressStatus.gist(job.told().map(LitTrainingJobStatus::coordinator).orElse(null));
  }
}
