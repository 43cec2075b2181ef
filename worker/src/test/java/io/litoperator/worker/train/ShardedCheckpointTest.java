package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.AttemptStore;
import io.litoperator.worker.checkpoint.Checkpoint;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.ModelFixture;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ranks save in shares, any number of ranks with any sharding read back bit for bit. */
@Timeout(120)
class ShardedCheckpointTest {
  /** Of micro-batches of one sample: one for each of two ranks, so that sums have one order. */
  private static final int BATCH = 2;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  /** How many ranks, and what each keeps its part of only. */
  private record Ranks(int count, Sharding sharding, Precision precision) {}

  @ParameterizedTest(name = "{0} ranks {1} to {2} ranks {3}, {4}")
  @CsvSource({
    "1, NONE, 2, PARAMETERS, FP32",
    "2, NONE, 1, OPTIMIZER, FP32",
    "2, OPTIMIZER, 1, NONE, FP32",
    "2, GRADIENTS, 2, NONE, FP32",
    "2, PARAMETERS, 4, GRADIENTS, FP32",
    "4, PARAMETERS, 2, PARAMETERS, FP32",
    "2, PARAMETERS, 1, NONE, BF16",
    "1, NONE, 2, OPTIMIZER, BF16"
  })
  void anyRanksGoOnFromAnyOthersShares(
      int count, Sharding sharding, int laterCount, Sharding laterSharding, Precision precision) {
    Path saved = save(new Ranks(count, sharding, precision), Optional.empty(), 1);

    Path again = save(new Ranks(laterCount, laterSharding, precision), Optional.of(saved), 1);

    assertThat(again.toFile().list((any, name) -> name.startsWith("optimizer-")))
        .hasSize(laterCount);
    assertSame(contents(again), contents(saved));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"OPTIMIZER", "GRADIENTS", "PARAMETERS"})
  void whatIsSavedIsTheSameWhateverIsSharded(Sharding sharding) {
    Path none = save(new Ranks(2, Sharding.NONE, Precision.FP32), Optional.empty(), 1);

    Path sharded = save(new Ranks(2, sharding, Precision.FP32), Optional.empty(), 1);

    assertSame(contents(sharded), contents(none));
  }

  @Test
  void trainingGoesOnAsIfNothingHadHappened() {
    Ranks ranks = new Ranks(2, Sharding.PARAMETERS, Precision.BF16);
    Path first = save(ranks, Optional.empty(), 1);
    Path undisturbed = save(ranks, Optional.empty(), 2);

    Path resumed = save(ranks, Optional.of(first), 2);

    assertSame(contents(resumed), contents(undisturbed));
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }

  /** Parameters and moments by name. */
  private static Map<String, float[]> contents(Path folder) {
    Checkpoint checkpoint = Checkpoint.open(folder);
    Map<String, float[]> contents = new TreeMap<>();
    for (String name : checkpoint.model().names()) {
      contents.put(name, checkpoint.model().floats(name));
    }
    assertThat(checkpoint.optimizer().names()).hasSizeGreaterThan(contents.size());
    for (String name : checkpoint.optimizer().names()) {
      float[] values = new float[(int) checkpoint.optimizer().elements(name)];
      checkpoint.optimizer().read(name, 0, values.length, FloatBuffer.wrap(values));
      String parameter = name.substring(name.indexOf('.') + 1);
      assertThat(values).as(name).hasSameSizeAs(contents.get(parameter));
      contents.put(name, values);
    }
    return contents;
  }

  /** Trains until so many steps are done, from the start or a checkpoint, and saves. */
  private Path save(Ranks ranks, Optional<Path> from, long steps) {
    Path job =
        folder.resolve(
            "%s-%d-%d-%s".formatted(ranks.sharding(), ranks.count(), steps, from.isPresent()));
    RankThreads.run(
        ranks.count(),
        rank -> {
          train(
              rank,
              ranks,
              from.map(Checkpoint::open),
              steps,
              new CheckpointStore(job).of(0, "pod"));
          return null;
        });
    return new CheckpointStore(job).folder(new CheckpointId(Stage.FINETUNE, steps));
  }

  private static void train(
      Collective rank, Ranks ranks, Optional<Checkpoint> from, long steps, AttemptStore store) {
    ModelFixture fixture = ModelFixture.open("siglip-qwen2");
    RunPlan plan = plan();
    StagePlan stage = plan.stages().get(0);
    CheckpointWriter writer =
        new CheckpointWriter(
            store, 1, complete -> Set.of(), saved -> {}, notice -> {}, underWay -> {});
    try (VisionLanguageModel model =
            fixture.model(
                layout -> OptimizerStep.memory(layout, ranks.precision(), ranks.sharding(), rank));
        OptimizerStep optimizer = new OptimizerStep(model, stage, ranks.sharding(), rank);
        Checkpointer checkpoints = new Checkpointer(model, plan, rank, writer, any -> Map.of())) {
      Map<String, Long> left = new HashMap<>();
      from.ifPresent(
          checkpoint -> {
            checkpoints.restore(
                checkpoint, optimizer, (what, read, total) -> left.put(what, total - read));
            CheckpointId id = checkpoint.state().id();
            assertThat(left)
                .as("all that is read has been told, and no more")
                .isEqualTo(Map.of("loading " + id, 0L, "loading the moments of " + id, 0L));
          });
      long done = from.map(checkpoint -> checkpoint.state().step()).orElse(0L);
      for (long step = done + 1; step <= steps; step++) {
        optimizer.run(step, 1, share(fixture, rank), OptimizerStep.Wishes.NONE);
      }
      checkpoints.save(stage, steps, optimizer);
    }
  }

  /** As many micro-batches on every rank; more than two ranks have empty ones. */
  private static List<List<Sample>> share(ModelFixture fixture, Collective rank) {
    List<Sample> samples = fixture.samples("lit");
    return IntStream.range(0, Math.max(1, BATCH / rank.worldSize()))
        .map(i -> i * rank.worldSize() + rank.rank())
        .mapToObj(i -> i < BATCH ? List.of(samples.get(i)) : List.<Sample>of())
        .toList();
  }

  private static RunPlan plan() {
    List<StagePlan> stages = new ArrayList<>();
    stages.add(
        new StagePlan(
            Stage.FINETUNE,
            new StagePlan.LabelPlan(
                Objective.LIT,
                List.of(),
                StagePlan.TextOnly.ANSWERS,
                StagePlan.Normalization.GLOBAL_TOKENS),
            List.of(),
            EnumSet.allOf(ModelPart.class),
            Map.of(),
            1,
            OptionalInt.of(3),
            BATCH,
            1,
            new Optimizer(1e-3, 0, Decay.COSINE, 0.1, 0.9, 0.999, 1e-8, Optional.of(1.0)),
            Checkpointing.NONE,
            Optional.empty()));
    return new RunPlan(
        "job",
        new ModelPlan(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            ModelPlan.ConversationTemplate.VICUNA_V1,
            Optional.empty(),
            ModelPlan.ImageAspect.PAD,
            List.of(),
            -2,
            ModelPlan.FeatureSelect.DEFAULT,
            2048),
        stages,
        new EvaluationPlan(List.of()),
        new CheckpointPlan(OptionalInt.empty(), Optional.empty(), 1, Path.of("unused"), false),
        new TopologyPlan(1, 1, TopologyPlan.Device.CPU, TopologyPlan.Precision.FP32, Sharding.NONE),
        new RecoveryPlan(0, Duration.ofMinutes(1)),
        42);
  }
}
