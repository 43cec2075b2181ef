package io.litoperator.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.RankThreads;
import io.litoperator.worker.transfer.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeldOutLossTest {

  /** Numbers of samples, by any rank. */
  private final Queue<Integer> read = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.worker.model.ModelFixture#names")
  void isTheMeanOfTheReferencesTokenLosses(String name) {
    ModelFixture fixture = ModelFixture.open(name);
    List<Sample> samples = samples(fixture);
    float[] losses = fixture.tokenLosses("lit");
    double[] sums = new double[2];
    int[] counts = new int[2];
    int at = 0;
    for (Sample sample : samples) {
      for (int i = 1; i < sample.fates().length; i++) {
        if (sample.fates()[i].supervised()) {
          int kind = sample.fates()[i] == Fate.ANSWER ? 0 : 1;
          sums[kind] += losses[at++];
          counts[kind]++;
        }
      }
    }
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      Map<String, Double> scores =
          new HeldOutLoss(inference, new Alone())
              .of(samples.size(), samples::get, () -> false, Progress.NONE)
              .orElseThrow();

      assertThat(scores.keySet()).containsExactly("answer", "instruction", "loss");
      assertThat(scores.get("answer")).isCloseTo(sums[0] / counts[0], within(2e-5));
      assertThat(scores.get("instruction")).isCloseTo(sums[1] / counts[1], within(2e-5));
      assertThat(scores.get("loss"))
          .isCloseTo((sums[0] + sums[1]) / (counts[0] + counts[1]), within(2e-5));
    }
  }

  @Test
  void whereOnlyAnswersAreSupervisedTheyAreAll() {
    ModelFixture fixture = ModelFixture.open("llava-1.5");
    List<Sample> samples = fixture.samples("vit");
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      Map<String, Double> scores =
          new HeldOutLoss(inference, new Alone())
              .of(samples.size(), samples::get, () -> false, Progress.NONE)
              .orElseThrow();

      assertThat(scores.keySet()).containsExactly("answer", "loss");
      assertThat(scores.get("loss")).isEqualTo(scores.get("answer"));
    }
  }

  @Test
  void whereNoAnswerIsLeftThereIsNoScoreOfIt() {
    ModelFixture fixture = ModelFixture.open("llava-1.5");
    List<Sample> samples = fixture.samples("vit").stream().map(HeldOutLossTest::asked).toList();
    try (VisionLanguageModel model = fixture.model();
        Inference inference = new Inference(model)) {
      assertThat(
              new HeldOutLoss(inference, new Alone())
                  .of(samples.size(), samples::get, () -> false, Progress.NONE)
                  .orElseThrow()
                  .keySet())
          .containsExactly("instruction", "loss");
    }
  }

  private static Sample asked(Sample sample) {
    Fate[] fates = sample.fates().clone();
    Arrays.setAll(fates, i -> fates[i] == Fate.ANSWER ? Fate.INSTRUCTION : fates[i]);
    return new Sample(sample.id(), sample.tokens(), fates, sample.pictures());
  }

  /** More than are read at once, and not as many for each rank. */
  @Test
  void ranksShareOutTheSamples() {
    List<Optional<Map<String, Double>>> one = onRanks(1, 133, rank -> () -> false);
    read.clear();
    List<Optional<Map<String, Double>>> three = onRanks(3, 133, rank -> () -> false);

    assertThat(read)
        .as("each once")
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 133).boxed().toList());
    Map<String, Double> expected = one.get(0).orElseThrow();
    assertThat(three)
        .hasSize(3)
        .allSatisfy(
            scores ->
                assertThat(scores.orElseThrow())
                    .hasSameSizeAs(expected)
                    .allSatisfy(
                        (score, value) ->
                            assertThat(value).isCloseTo(expected.get(score), within(1e-6))));
  }

  @Test
  void aStopThatOneRankLearnsOfLeavesNoScoreOnAny() {
    assertThat(onRanks(2, 6, rank -> () -> rank == 1)).containsOnly(Optional.empty());
  }

  private interface Stop {
    BooleanSupplier of(int rank);
  }

  private List<Optional<Map<String, Double>>> onRanks(int worldSize, int count, Stop stop) {
    ModelFixture fixture = ModelFixture.open("siglip-qwen2");
    List<Sample> samples = samples(fixture);
    return RankThreads.run(
        worldSize,
        ranks -> {
          try (VisionLanguageModel model = fixture.model();
              Inference inference = new Inference(model)) {
            return new HeldOutLoss(inference, ranks)
                .of(
                    count,
                    i -> {
                      read.add(i);
                      return samples.get(i % 3);
                    },
                    stop.of(ranks.rank()),
                    Progress.NONE);
          }
        });
  }

  /** As LIT supervises them, answers and instructions apart. */
  private static List<Sample> samples(ModelFixture fixture) {
    List<Sample> answers = fixture.samples("vit");
    List<Sample> all = fixture.samples("lit");
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Sample sample = all.get(i);
      Fate[] fates = sample.fates().clone();
      for (int t = 0; t < fates.length; t++) {
        if (fates[t].supervised() && !answers.get(i).fates()[t].supervised()) {
          fates[t] = Fate.INSTRUCTION;
        }
      }
      samples.add(new Sample(sample.id(), sample.tokens(), fates, sample.pictures()));
    }
    return samples;
  }
}
