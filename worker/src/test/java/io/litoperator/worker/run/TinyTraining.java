package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.sampling.Sampler;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.Checkpointer;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.Overseer;
import io.litoperator.worker.train.StageTrainer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** The first stage of a plan, trained in this process as its one rank would. */
final class TinyTraining {
  private TinyTraining() {}

  static void run(RunPlan plan, CheckpointWriter writer, Overseer overseer) {
    run(plan, writer, overseer, loaded -> {});
  }

  /**
   * @param loaded told of each sample that has been made, by the thread that made it
   */
  static void run(
      RunPlan plan, CheckpointWriter writer, Overseer overseer, Consumer<Sample> loaded) {
    StagePlan stage = plan.stages().get(0);
    Torch.start(1);
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model = sources.build(plan.seed(), DType.FLOAT32);
        Dataset data = Supervision.of(plan, stage).open(stage.datasets(), sources);
        OptimizerStep optimizer = new OptimizerStep(model, stage, Sharding.NONE, new Alone());
        Checkpointer checkpoints =
            new Checkpointer(model, plan, new Alone(), writer, any -> Map.of())) {
      Sampler sampler =
          new Sampler(
              data.modalityLengths(),
              data.draws(),
              stage.globalBatchSize(),
              stage.epochs(),
              stage.maxSteps(),
              plan.seed());
      new StageTrainer(
              stage,
              plan.checkpoints(),
              sampler,
              index -> {
                Sample sample = data.load(index);
                loaded.accept(sample);
                return sample;
              },
              optimizer,
              checkpoints,
              Optional.empty(),
              new Alone(),
              overseer,
              Optional.empty(),
              OptionalDouble.empty())
          .run(Optional.empty());
    }
  }
}
