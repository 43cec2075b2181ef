package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;

/** Names and places that follow from a plan. */
final class Runs {
  private Runs() {}

  /**
   * Folder of a job's checkpoints on this machine: {@code <destination>/<job>}. With a bucket, they
   * pass through it.
   */
  static Path checkpointFolder(RunPlan plan) {
    return plan.checkpoints().destination().resolve(plan.name());
  }

  static CheckpointStore checkpoints(RunPlan plan) {
    return checkpoints(plan, Progress.NONE);
  }

  /**
   * @param progress told how far the writing, verifying and moving of files is
   */
  static CheckpointStore checkpoints(RunPlan plan, Progress progress) {
    return checkpoints(plan.checkpoints(), plan.name(), progress);
  }

  static CheckpointStore checkpoints(CheckpointPlan plan, String job) {
    return checkpoints(plan, job, Progress.NONE);
  }

  private static CheckpointStore checkpoints(CheckpointPlan plan, String job, Progress progress) {
    Path folder = plan.destination().resolve(job);
    return plan.bucket()
        .map(bucket -> CheckpointStore.inBucket(bucket.resolve(job), folder, progress))
        .orElseGet(() -> new CheckpointStore(folder, progress));
  }

  /** Folder of what the model has answered; of a job, with a folder for each checkpoint. */
  static Path predictions(RunPlan plan) {
    return plan.evaluation()
        .predictions()
        .orElseGet(() -> checkpointFolder(plan).resolve("predictions"));
  }

  /** What a run is called in reports: its objective, or the stage if it has none. */
  static String label(RunPlan plan) {
    return plan.stages().stream()
        .filter(stage -> stage.stage() == Stage.FINETUNE)
        .map(stage -> stage.labels().objective().label())
        .findFirst()
        .orElse(Stage.PRETRAIN.label());
  }

  static StagePlan lastStage(RunPlan plan) {
    return plan.stages().get(plan.stages().size() - 1);
  }
}
