package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Torch;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same steps end in the same bits, which resuming and restarting rely on. */
class RepeatabilityTest {
  private static final Set<ModelPart> ALL = EnumSet.allOf(ModelPart.class);
  private static final Optimizer OPTIMIZER =
      new Optimizer(1e-3, 0, Decay.COSINE, 0, 0.9, 0.999, 1e-8, Optional.empty());

  @BeforeAll
  static void start() {
    Torch.start(2, Fixtures.device());
  }

  @ParameterizedTest
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void stepsEndInTheSameBits(String name) {
    float[] plain = parametersAfterSteps(name, Checkpointing.NONE);
    for (Checkpointing checkpointing : Checkpointing.values()) {
      assertThat(parametersAfterSteps(name, checkpointing))
          .as("checkpointing " + checkpointing)
          .isEqualTo(plain);
    }
  }

  /** Of two micro-batches each, so that gradients are added up too. */
  private static float[] parametersAfterSteps(String name, Checkpointing checkpointing) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples("lit");
    try (VisionLanguageModel model = fixture.model();
        Pass pass = new Pass(model, ALL, checkpointing, OPTIMIZER)) {
      for (int step = 1; step <= 3; step++) {
        pass.gradients().start();
        pass.run(samples.subList(0, 1), 0.01);
        pass.run(samples.subList(1, 3), 0.01);
        pass.update(step, 1);
      }
      return model.parameters().flat().toFloats();
    }
  }
}
