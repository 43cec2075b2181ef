package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Collectives;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void aLossThatIsNotFiniteIsBlamedOnTheSamplesOfItsRank() {
    ModelFixture fixture = ModelFixture.open("siglip-qwen2");
    Sample broken = broken(fixture.samples("lit").get(0));
    Sample read = fixture.samples("lit").get(2);

    List<Failure> failures =
        RankThreads.run(2, rank -> failure(fixture, rank.rank() == 1 ? broken : read, rank));

    assertThat(failures.get(0).exitCode()).isEqualTo(ExitCode.PEER_LOST);
    assertThat(failures.get(0)).hasMessageContaining("another rank's loss is not finite");
    assertThat(failures.get(1).exitCode()).isEqualTo(ExitCode.BAD_DATA);
    assertThat(failures.get(1))
        .hasMessageContaining("The loss of finetune step 1 is not finite")
        .hasMessageContaining("samples " + broken.id() + " on rank 1");
  }

  /** As NCCL's may, whose end leaves anything in a GPU's memory. */
  @Test
  void whatIsReadOnceTheCollectiveHasEndedIsNotBelieved() {
    ModelFixture fixture = ModelFixture.open("siglip-qwen2");
    Failure ended = new Failure(ExitCode.PEER_LOST, "Rank 0 failed in NCCL's sum.");
    AtomicInteger sums = new AtomicInteger();
    Collective ends =
        Collectives.intercepting(
            new Alone(),
            call -> {
              boolean ofHost = List.of(call.method().getParameterTypes()).contains(double[].class);
              if (ofHost && sums.incrementAndGet() > 1) {
                throw ended;
              }
              return call.proceed();
            });

    assertThat(failure(fixture, broken(fixture.samples("lit").get(0)), ends)).isSameAs(ended);
  }

  private static Failure failure(ModelFixture fixture, Sample sample, Collective ranks) {
    try (VisionLanguageModel model = fixture.model();
        OptimizerStep optimizer = new OptimizerStep(model, STAGE, Sharding.NONE, ranks)) {
      return catchThrowableOfType(
          Failure.class,
          () -> optimizer.run(1, 1, List.of(List.of(sample)), OptimizerStep.Wishes.NONE));
    }
  }

  private static Sample broken(Sample sample) {
    Pixels picture = sample.pictures().get(0);
    float[] values = picture.values().clone();
    Arrays.fill(values, Float.NaN);
    return sample.with(List.of(new Pixels(picture.height(), picture.width(), values)));
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
