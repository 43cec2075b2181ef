package io.litoperator.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.model.Initializer;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.WeightLoader;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.PeakMemory;
import java.io.File;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;

/** The main class of a rank that trains for two steps, whatever the stage trains. */
final class StageRank {
  private StageRank() {}

  /**
   * @param arguments stage as JSON, file for the most resident bytes
   */
  public static void main(String[] arguments) throws IOException {
    ObjectMapper json = new ObjectMapper();
    MeasuredStage stage = json.readValue(arguments[0], MeasuredStage.class);
    ExitCode code;
    try (RankLink link = RankLink.connect(System.getenv())) {
      code =
          link.run(
              () -> BenchRank.join(link, stage.options()),
              ranks -> {
                long peak = peak(stage, ranks);
                if (ranks.rank() == 0) {
                  json.writeValue(new File(arguments[1]), peak);
                }
                return ExitCode.DONE;
              });
    }
    System.exit(code.code());
  }

  private static long peak(MeasuredStage stage, Collective ranks) {
    try (VisionLanguageModel model = load(stage, ranks);
        OptimizerStep optimizer =
            new OptimizerStep(
                model, stage.plan(ranks.worldSize()), stage.options().sharding(), ranks)) {
      List<Sample> batch = stage.samples(model.config());
      for (int step = 1; step <= 2; step++) {
        optimizer.run(step, 1, List.of(batch), OptimizerStep.Wishes.NONE);
      }
    }
    return PeakMemory.bytes();
  }

  private static VisionLanguageModel load(MeasuredStage stage, Collective ranks) {
    ModelConfig config = stage.config();
    BenchOptions options = stage.options();
    Parameters parameters =
        OptimizerStep.memory(
            Layout.of(config, stage.adapters()), options.precision(), options.sharding(), ranks);
    WeightLoader loader = new WeightLoader(parameters);
    try (Initializer initializer = new Initializer(Bench.SEED)) {
      EnumSet.allOf(ModelPart.class).forEach(part -> loader.initialise(part, initializer));
    }
    return new VisionLanguageModel(config, parameters);
  }
}
