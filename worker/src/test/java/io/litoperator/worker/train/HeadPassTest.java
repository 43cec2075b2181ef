package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vocabulary of which few rows have their logits at once, and more rows than that. All weights
 * are zero, so that every token is as likely as any other.
 */
class HeadPassTest {
  private static final int VOCABULARY = 2_000_000;

  @TempDir Path folder;
  private VisionLanguageModel model;
  private Sample sample;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @BeforeEach
  void makeModel() throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "llava", "image_token_index": 12000,
         "vision_config": {"model_type": "clip_vision_model", "hidden_size": 8,
           "intermediate_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
           "image_size": 28, "patch_size": 14},
         "text_config": {"model_type": "llama", "vocab_size": %d, "hidden_size": 4,
           "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}}
        """
            .formatted(VOCABULARY));
    ModelConfig config = ModelDescription.ofModel(folder).config();
    model = new VisionLanguageModel(config, new Parameters(Layout.of(config)));
    int rows = 2 * model.head().rowsAtOnce() + 1;
    Fate[] fates = new Fate[rows + 1];
    Arrays.fill(fates, Fate.ANSWER);
    int[] tokens = new int[rows + 1];
    Arrays.setAll(tokens, i -> 7 * i + 1);
    sample = new Sample("long", tokens, fates, List.of());
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void aStepTakesTheLossesOfNoMoreRowsAtATime() {
    Stages stages = Stages.of(EnumSet.of(ModelPart.CONNECTOR));
    try (OptimizerStep step = new OptimizerStep(model, stages.plan(), Sharding.NONE, new Alone())) {
      Losses losses = step.run(1, 1, List.of(List.of(sample)), OptimizerStep.Wishes.NONE).losses();
      assertThat(losses.tokens()).isEqualTo(sample.tokens().length - 1);
      assertThat(losses.mean()).isCloseTo(Math.log(VOCABULARY), within(1e-4));
    }
  }

  @Test
  void moreRowsAtATimeAreRefused() {
    int rows = model.head().rowsAtOnce() + 1;
    try (Tensor x = Tensor.zeros(DType.FLOAT32, rows, 4);
        Tensor targets = Tensor.of(new long[rows])) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.head().losses(x, targets, List.of()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> model.head().backward(x, targets, 1, List.of(), List.of(), false));
    }
  }
}
