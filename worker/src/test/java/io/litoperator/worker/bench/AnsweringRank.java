package io.litoperator.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.PeakMemory;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The main class of a rank that trains for two steps and then answers questions. */
final class AnsweringRank {
  private AnsweringRank() {}

  /**
   * @param arguments options as JSON, tokens of an answer, file for the most resident bytes
   */
  public static void main(String[] arguments) throws IOException {
    ObjectMapper json = new ObjectMapper();
    BenchOptions options = json.readValue(arguments[0], BenchOptions.class);
    int newTokens = Integer.parseInt(arguments[1]);
    ExitCode code;
    try (RankLink link = RankLink.connect(System.getenv())) {
      code =
          link.run(
              () -> BenchRank.join(link, options),
              ranks -> {
                json.writeValue(new File(arguments[2]), peak(options, newTokens, ranks));
                return ExitCode.DONE;
              });
    }
    System.exit(code.code());
  }

  private static long peak(BenchOptions options, int newTokens, Collective ranks) {
    try (VisionLanguageModel model = Bench.load(options, ranks);
        OptimizerStep optimizer =
            new OptimizerStep(model, Bench.stage(options, 1), options.sharding(), ranks)) {
      List<Sample> batch = SyntheticBatch.of(options.shape(), model.config(), 1);
      for (int step = 1; step <= 2; step++) {
        optimizer.run(step, 1, List.of(batch), OptimizerStep.Wishes.NONE);
      }
      answer(model, options, newTokens);
    }
    return PeakMemory.bytes();
  }

  private static void answer(VisionLanguageModel model, BenchOptions options, int newTokens) {
    BatchShape shape =
        new BatchShape(Inference.QUESTIONS, options.shape().lengths().get(0), false, 0.25);
    List<Sample> questions = SyntheticBatch.of(shape, model.config(), 2);
    try (Inference inference = new Inference(model)) {
      inference.generate(questions, new Inference.Limits(newTokens, Set.of(), true));
    }
  }
}
