package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two ranks whose micro-batches differ in what they hold: pictures, text only, nothing at all. */
@Timeout(60)
class RanksTest {
  private static final StagePlan STAGE = Stages.of(EnumSet.allOf(ModelPart.class)).plan();
  private static final int STEPS = 3;

  private record Run(List<Step> steps, float[] parameters) {}

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void ranksEndAsOneRankDoes(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = fixture.samples("lit");
    Sample seen = samples.get(0);
    Sample other = samples.get(1);
    Sample read = samples.get(2);
    List<List<List<Sample>>> ranks =
        List.of(
            List.of(List.of(read), List.of(), List.of(read)),
            List.of(List.of(seen, read), List.of(other), List.of()));
    List<Sample> all = ranks.stream().flatMap(List::stream).flatMap(List::stream).toList();

    List<Run> runs = train(fixture, ranks);

    assertThat(runs.get(1).parameters()).isEqualTo(runs.get(0).parameters());
    List<Step> alone = steps(fixture, List.of(all), new Alone()).steps();
    for (int i = 0; i < STEPS; i++) {
      Step together = runs.get(0).steps().get(i);
      double norm = alone.get(i).gradientNorm();
      assertThat(together.gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
      assertThat(together.losses().mean()).isCloseTo(alone.get(i).losses().mean(), within(1e-4));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void noRankNeedSeeAPicture(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> read = fixture.samples("lit").subList(2, 3);
    List<Run> runs = train(fixture, List.of(List.of(read), List.of(List.of())));

    assertThat(runs.get(1).parameters()).isEqualTo(runs.get(0).parameters());
    assertThat(runs.get(0).parameters())
        .isEqualTo(steps(fixture, List.of(read), new Alone()).parameters());
  }

  @Test
  void whatOneRankCouldNotSaveAllAreToldAtTheSameStep() {
    ModelFixture fixture = ModelFixture.open("siglip-qwen2");
    List<List<Sample>> read = List.of(fixture.samples("lit").subList(2, 3));

    List<Step> steps =
        RankThreads.run(
            2,
            rank -> {
              try (VisionLanguageModel model = fixture.model();
                  OptimizerStep optimizer = new OptimizerStep(model, STAGE, Sharding.NONE, rank)) {
                OptimizerStep.Wishes wishes =
                    new OptimizerStep.Wishes(false, false, rank.rank() == 1);
                return optimizer.run(1, 1, read, wishes);
              }
            });

    assertThat(steps).allMatch(Step::saveFailed).noneMatch(Step::stop).noneMatch(Step::save);
  }

  private static List<Run> train(ModelFixture fixture, List<List<List<Sample>>> ranks) {
    return RankThreads.run(ranks.size(), rank -> steps(fixture, ranks.get(rank.rank()), rank));
  }

  private static Run steps(
      ModelFixture fixture, List<List<Sample>> microBatches, Collective ranks) {
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep optimizer = new OptimizerStep(model, STAGE, Sharding.NONE, ranks)) {
      List<Step> steps = new ArrayList<>();
      for (int step = 1; step <= STEPS; step++) {
        steps.add(optimizer.run(step, 1, microBatches, OptimizerStep.Wishes.NONE));
      }
      ranks.barrier();
      return new Run(steps, model.parameters().flat().toFloats());
    }
  }
}
