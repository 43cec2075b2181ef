package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.sampling.Sampler;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.Checkpointer;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.Overseer;
import io.litoperator.worker.train.StageTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FailedSaveTest {
  private static final long EVERY = 5;

  @TempDir Path folder;

  @Test
  void trainingEndsAtTheStepAfterAndNotWhenTheNextSaveIsDue() {
    RunPlan plan =
        TinyJob.in(folder.resolve("job")).with("every", EVERY).plan(folder.resolve("output"));
    StagePlan stage = plan.stages().get(0);
    Torch.start(1);
    CheckpointWriter writer =
        new CheckpointWriter(
            new CheckpointStore(folder.resolve("checkpoints")).of(0, "pod"),
            1,
            complete -> Set.of(),
            saved -> {
              throw new Failure(ExitCode.STORAGE, "The disk is full.");
            },
            notice -> {});
    Watch watch = new Watch(writer);

    assertThatThrownBy(() -> train(plan, stage, writer, watch))
        .isInstanceOf(Failure.class)
        .hasMessage("The disk is full.");

    assertThat(watch.steps).endsWith(EVERY, EVERY + 1);
  }

  private static void train(RunPlan plan, StagePlan stage, CheckpointWriter writer, Watch watch) {
    try (ModelSources sources = ModelSources.open(plan.model());
        VisionLanguageModel model = sources.build(plan.seed(), DType.FLOAT32);
        Dataset data =
            Dataset.open(
                stage.datasets(),
                Labeller.of(sources.tokenizer(), plan.model(), stage),
                sources.images(Stage.FINETUNE)::process);
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
              data::load,
              optimizer,
              checkpoints,
              Optional.empty(),
              new Alone(),
              watch,
              Optional.empty(),
              OptionalDouble.empty())
          .run(Optional.empty());
    }
  }

  /** Lets the step after the save begin once that has failed. */
  private static final class Watch implements Overseer {
    private final CheckpointWriter writer;
    private final List<Long> steps = new ArrayList<>();

    Watch(CheckpointWriter writer) {
      this.writer = writer;
    }

    @Override
    public void training(long stepsDone) {
      while (stepsDone == EVERY && !writer.hasFailed()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void saving(long stepsDone) {}

    @Override
    public boolean stopRequested() {
      return false;
    }

    @Override
    public void tell(Event event) {
      if (event instanceof Event.Step step) {
        steps.add(step.step());
      }
    }
  }
}
