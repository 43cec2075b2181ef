package io.litoperator.worker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCodecTest {

  @Property(tries = 200)
  void readsWhatItWrote(@ForAll("plans") RunPlan plan) throws IOException {
    Path file = Files.createTempFile("plan", ".json");
    try {
      PlanCodec.write(plan, file);

      assertThat(PlanCodec.read(file)).isEqualTo(plan);
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void refusesWhatIsNoPlan(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("plan.json"), "{\"name\": 1, \"steps\": []}");

    Failure failure = catchThrowableOfType(Failure.class, () -> PlanCodec.read(file));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("plan.json is not a plan");
  }

  @Test
  void saysThatAFileIsMissing(@TempDir Path folder) {
    Path file = folder.resolve("plan.json");

    Failure failure = catchThrowableOfType(Failure.class, () -> PlanCodec.read(file));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING);
  }

  @Provide
  Arbitrary<RunPlan> plans() {
    return Combinators.combine(
            names(), models(), stages().list().ofMinSize(1).ofMaxSize(2), tasks(), checkpoints())
        .as(
            (name, model, stages, tasks, checkpoints) ->
                new RunPlan(
                    name,
                    model,
                    stages,
                    new EvaluationPlan(tasks),
                    checkpoints,
                    new TopologyPlan(
                        1,
                        stages.size(),
                        TopologyPlan.Device.CUDA,
                        TopologyPlan.Precision.BF16,
                        TopologyPlan.Sharding.PARAMETERS),
                    new RecoveryPlan(
                        name.length(),
                        stages.size() > 1 ? OptionalInt.of(stages.size()) : OptionalInt.empty(),
                        false,
                        Duration.ofSeconds(name.length())),
                    name.hashCode()));
  }

  private static Arbitrary<ModelPlan> models() {
    return Combinators.combine(
            paths().optional(),
            paths().optional(),
            names().optional(),
            Arbitraries.of(ModelPlan.ImageAspect.class),
            Arbitraries.of(ModelPlan.FeatureSelect.class),
            Arbitraries.integers())
        .as(
            (tower, from, prompt, aspect, select, number) ->
                new ModelPlan(
                    tower,
                    tower,
                    from,
                    ModelPlan.ConversationTemplate.VICUNA_V1,
                    prompt,
                    aspect,
                    List.of(new GridPinpoint(number, 336)),
                    number,
                    select,
                    number));
  }

  private static Arbitrary<StagePlan> stages() {
    Arbitrary<Set<ModelPart>> parts = Arbitraries.of(ModelPart.class).set();
    Arbitrary<Map<ModelPart, Double>> rates =
        Arbitraries.maps(Arbitraries.of(ModelPart.class), Arbitraries.doubles());
    Arbitrary<List<DatasetPlan>> datasets =
        Combinators.combine(paths(), paths(), Arbitraries.doubles())
            .as(DatasetPlan::new)
            .list()
            .ofMaxSize(3);
    return Combinators.combine(
            Arbitraries.of(StagePlan.Stage.class),
            labels(),
            datasets,
            parts,
            rates,
            Arbitraries.integers(),
            optimizers(),
            loras().optional())
        .as(
            (stage, labels, data, trainable, learningRates, number, optimizer, lora) ->
                new StagePlan(
                    stage,
                    labels,
                    data,
                    trainable,
                    learningRates,
                    number,
                    number > 0 ? OptionalInt.of(number) : OptionalInt.empty(),
                    number,
                    number,
                    optimizer,
                    lora.isPresent()
                        ? StagePlan.Checkpointing.SELECTIVE
                        : StagePlan.Checkpointing.FULL,
                    lora));
  }

  private static Arbitrary<StagePlan.LabelPlan> labels() {
    return Combinators.combine(
            Arbitraries.of(Objective.class),
            names().list().ofMaxSize(4),
            minings().optional(),
            Arbitraries.of(StagePlan.TextOnly.class),
            Arbitraries.of(StagePlan.Normalization.class))
        .as(StagePlan.LabelPlan::new);
  }

  private static Arbitrary<MiningPlan> minings() {
    return Combinators.combine(
            Arbitraries.longs(), Arbitraries.integers(), Arbitraries.of(MiningPlan.Unit.class))
        .as(MiningPlan::new);
  }

  private static Arbitrary<LoraPlan> loras() {
    return Combinators.combine(
            Arbitraries.integers(),
            Arbitraries.doubles(),
            Arbitraries.doubles(),
            Arbitraries.longs())
        .as(LoraPlan::new);
  }

  private static Arbitrary<StagePlan.Optimizer> optimizers() {
    Arbitrary<Double> number = Arbitraries.doubles();
    Arbitrary<StagePlan.Decay> decays = Arbitraries.of(StagePlan.Decay.class);
    return Combinators.combine(number, number, decays, number, number, number.optional())
        .as(
            (rate, warmup, decay, beta, epsilon, clip) ->
                new StagePlan.Optimizer(rate, warmup, decay, rate, beta, warmup, epsilon, clip));
  }

  private static Arbitrary<List<EvaluationPlan.Task>> tasks() {
    return Combinators.combine(names(), paths(), paths(), Arbitraries.integers())
        .as(EvaluationPlan.Task::new)
        .list()
        .ofMaxSize(3);
  }

  private static Arbitrary<CheckpointPlan> checkpoints() {
    Arbitrary<Optional<Duration>> times =
        Arbitraries.longs().between(1, 1L << 40).map(Duration::ofMillis).optional();
    return Combinators.combine(
            steps(), times, Arbitraries.integers(), paths(), Arbitraries.of(true, false))
        .as(CheckpointPlan::new);
  }

  private static Arbitrary<OptionalInt> steps() {
    return Arbitraries.integers()
        .optional()
        .map(steps -> steps.map(OptionalInt::of).orElseGet(OptionalInt::empty));
  }

  /** Absolute, with blanks and letters that URIs escape. */
  private static Arbitrary<Path> paths() {
    return Arbitraries.strings()
        .withChars("aZ9 %#?é-_.")
        .ofMinLength(1)
        .ofMaxLength(12)
        .map(name -> Path.of("/data", name + "x"));
  }

  private static Arbitrary<String> names() {
    return Arbitraries.strings().ofMaxLength(20);
  }
}
