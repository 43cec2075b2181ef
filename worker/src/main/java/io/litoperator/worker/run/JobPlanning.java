package io.litoperator.worker.run;

import io.litoperator.api.job.Sources;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.SourceCopy;
import io.litoperator.worker.source.Downloads;
import io.litoperator.worker.source.Downloads.Use;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans a job, once what it names elsewhere is on this machine. */
public final class JobPlanning {
  private final LitTrainingJob job;
  private final Places places;
  private final Overrides overrides;
  private final Downloads downloads;

  private JobPlanning(LitTrainingJob job, Places places, Overrides overrides, Downloads downloads) {
    this.job = job;
    this.places = places;
    this.overrides = overrides;
    this.downloads = downloads;
  }

  /**
   * Of a job on this machine.
   *
   * @param progress of downloads
   */
  public static JobPlanning on(
      LitTrainingJob job, Places places, Overrides overrides, Progress progress) {
    return of(
        job, places, overrides, Downloads.usersCache(System.getenv()), System.getenv(), progress);
  }

  /**
   * @param cache of downloads, unless the job names one
   */
  static JobPlanning of(
      LitTrainingJob job,
      Places places,
      Overrides overrides,
      Path cache,
      Map<String, String> environment,
      Progress progress) {
    Path folder =
        Optional.ofNullable(job.getSpec().data())
            .flatMap(data -> Optional.ofNullable(data.cache()))
            .map(places::resolve)
            .orElse(cache);
    return new JobPlanning(job, places, overrides, Downloads.into(folder, environment, progress));
  }

  /**
   * A plan to look at: all is there but the weights of models that are elsewhere.
   *
   * @throws io.litoperator.worker.failure.Failure if something that the job names is missing or
   *     cannot be got
   */
  public RunPlan withoutWeights() {
    return plan(Use.MODEL_WITHOUT_WEIGHTS, Map.of());
  }

  /** As {@link #withoutWeights}, of a job that has run before, and takes what it took then. */
  public RunPlan withoutWeightsAgain() {
    return plan(Use.MODEL_WITHOUT_WEIGHTS, record().read());
  }

  /** The same plan when the weights are there too. */
  public RunPlan withWeights(RunPlan plan) {
    return plan(Use.MODEL, SourceRecord.commits(plan));
  }

  /** A plan to run on one of several nodes, which all take the same. */
  RunPlan withOthers() {
    RunPlan mine = withoutWeightsAgain();
    return plan(Use.MODEL, record().keep(mine, true));
  }

  private SourceRecord record() {
    return new SourceRecord(
        Runs.checkpoints(Planner.checkpoints(job, places, overrides), job.getMetadata().getName())
            .files());
  }

  private RunPlan plan(Use ofModels, Map<String, String> commits) {
    Map<String, SourceCopy> copies = new LinkedHashMap<>();
    for (Sources.Source source : Sources.of(job.getSpec())) {
      String location = source.location();
      if (!source.written() && Downloads.isElsewhere(location) && !copies.containsKey(location)) {
        Use use = source.field().startsWith("spec.model.") ? ofModels : Use.DATA;
        copies.put(
            location,
            downloads.copy(
                source.field(), location, use, Optional.ofNullable(commits.get(location))));
      }
    }
    return new Planner(Templates::builtin)
        .plan(job, places.with(List.copyOf(copies.values())), overrides);
  }
}
