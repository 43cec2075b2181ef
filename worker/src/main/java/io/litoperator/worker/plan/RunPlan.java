package io.litoperator.worker.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A job with every default filled in and every check passed: what the ranks execute. Paths are
 * absolute. Serialised as JSON between the agent and its ranks.
 *
 * @param stages pretrain and fine-tune, in the order in which they run; at least one
 * @param seed of initialisation, sampling and noise
 * @param features folder of a frozen tower's features; absent: they are not kept
 * @param copies of what the job names elsewhere; their paths are where the plan has them
 */
public record RunPlan(
    String name,
    ModelPlan model,
    List<StagePlan> stages,
    EvaluationPlan evaluation,
    CheckpointPlan checkpoints,
    TopologyPlan topology,
    RecoveryPlan recovery,
    long seed,
    Optional<Path> features,
    List<SourceCopy> copies) {

  public RunPlan {
    stages = List.copyOf(stages);
    copies = List.copyOf(copies);
  }

  /** Of what is on this machine, where no features are kept. */
  public RunPlan(
      String name,
      ModelPlan model,
      List<StagePlan> stages,
      EvaluationPlan evaluation,
      CheckpointPlan checkpoints,
      TopologyPlan topology,
      RecoveryPlan recovery,
      long seed) {
    this(
        name,
        model,
        stages,
        evaluation,
        checkpoints,
        topology,
        recovery,
        seed,
        Optional.empty(),
        List.of());
  }

  /** Adapters of the run's model; absent if no stage has any. */
  public Optional<LoraPlan> lora() {
    return stages.stream().flatMap(stage -> stage.lora().stream()).findFirst();
  }

  /** The same with another seed, adapters included. */
  public RunPlan withSeed(long other) {
    List<StagePlan> seeded = stages.stream().map(stage -> stage.withSeed(other)).toList();
    return new RunPlan(
        name, model, seeded, evaluation, checkpoints, topology, recovery, other, features, copies);
  }

  public RunPlan withModel(ModelPlan other) {
    return new RunPlan(
        name, other, stages, evaluation, checkpoints, topology, recovery, seed, features, copies);
  }

  public RunPlan withStages(List<StagePlan> others) {
    return new RunPlan(
        name, model, others, evaluation, checkpoints, topology, recovery, seed, features, copies);
  }

  public RunPlan withEvaluation(EvaluationPlan other) {
    return new RunPlan(
        name, model, stages, other, checkpoints, topology, recovery, seed, features, copies);
  }

  public RunPlan withCheckpoints(CheckpointPlan other) {
    return new RunPlan(
        name, model, stages, evaluation, other, topology, recovery, seed, features, copies);
  }
}
