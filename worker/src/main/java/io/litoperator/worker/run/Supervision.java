package io.litoperator.worker.run;

import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.loading.DataCheck;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.loading.RowLimit;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import java.util.List;

/**
 * How conversations become samples: in a stage's training, in the check before it, and where the
 * loss of others is measured as it would be in training.
 */
record Supervision(ModelPlan model, Stage stage, LabelPlan labels) {

  static Supervision of(RunPlan plan, StagePlan stage) {
    return new Supervision(plan.model(), stage.stage(), stage.labels());
  }

  /** As the plan's last stage has it; of a plan that trains nothing, of answers alone. */
  static Supervision ofHeldOut(RunPlan plan) {
    return plan.stages().isEmpty()
        ? new Supervision(plan.model(), Stage.FINETUNE, LabelPlan.answers())
        : of(plan, Runs.lastStage(plan));
  }

  /** Opens data sets, whose samples are not checked yet. */
  Dataset open(List<DatasetPlan> datasets, ModelSources sources) {
    ModelConfig config = sources.description().config();
    return Dataset.open(
        datasets,
        labeller(sources),
        sources.images(stage)::process,
        model.maxRows().map(rows -> new RowLimit(rows, config::imageTokens)));
  }

  DataCheck check(ModelSources sources, int threads) {
    ModelConfig config = sources.description().config();
    ImageProcessor images = sources.images(stage);
    DataCheck.Room room =
        new DataCheck.Room(
            picture -> config.imageTokens(images.tiling(PictureDecoder.decode(picture))),
            config.text().maxPositions(),
            model.maxRows());
    return new DataCheck(labeller(sources), room, threads);
  }

  private Labeller labeller(ModelSources sources) {
    return Labeller.of(sources.tokenizer(), model, stage, labels);
  }
}
