package io.litoperator.worker.sizing;

import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a stage computes.
 *
 * @param lora the job's adapters, which lie beside the model in stages that do not train them too
 * @param clips whether gradients are clipped, for which all of them must be there at a time
 * @param globalBatch samples of a step
 * @param textTokens of a sample
 * @param supervised tokens of a sample whose logits are made
 * @param pictures of a sample
 * @param tiled whether pictures are cut into tiles (anyres), each into as many as there can be
 * @param newTokens most tokens of an answer; absent in a stage between whose steps no questions are
 *     answered
 */
public record Workload(
    ModelConfig model,
    Set<ModelPart> trainable,
    Optional<LoraPlan> lora,
    Precision precision,
    Device device,
    boolean clips,
    int globalBatch,
    int textTokens,
    int supervised,
    int pictures,
    boolean tiled,
    OptionalInt newTokens) {

  /**
   * Of a job's stage whose samples have one picture, cut into as many tiles as there can be, and
   * all of whose text is supervised.
   *
   * @param device in place of the job's
   * @param textTokens of a sample
   */
  public static Workload of(
      RunPlan plan, StagePlan stage, ModelConfig model, Device device, int textTokens) {
    return new Workload(
        model,
        stage.trainable(),
        plan.lora(),
        plan.topology().precision(),
        device,
        stage.optimizer().clipNorm().isPresent(),
        stage.globalBatchSize(),
        textTokens,
        textTokens,
        1,
        plan.model().aspect(stage.stage()) == ImageAspect.ANYRES,
        evaluates(plan, stage)
            ? plan.evaluation().tasks().stream().mapToInt(Task::maxNewTokens).max()
            : OptionalInt.empty());
  }

  /** Whether a job is evaluated at a stage's checkpoints. */
  private static boolean evaluates(RunPlan plan, StagePlan stage) {
    List<StagePlan> stages = plan.stages();
    return plan.evaluation().atCheckpoints() && stage == stages.get(stages.size() - 1);
  }

  /** Text tokens of the longest sample of a job's stage beside a picture. */
  public static int mostText(RunPlan plan, StagePlan stage, ModelConfig model) {
    boolean tiled = plan.model().aspect(stage.stage()) == ImageAspect.ANYRES;
    int image = tiled ? model.mostImageTokens() : model.imageTokens();
    int most = plan.model().maxLength() - 1;
    return plan.model()
        .maxRows()
        .map(rows -> Math.max(1, Math.min(most, rows - image)))
        .orElse(most);
  }

  /** Rows of the decoder for one sample. */
  int rows() {
    return textTokens + pictures * (tiled ? model.mostImageTokens() : model.imageTokens());
  }

  /** What the tower sees of one sample. */
  int views() {
    return pictures * (tiled ? model.mostViews() : 1);
  }

  int bytesPerElement() {
    return precision == Precision.BF16 ? 2 : 4;
  }

  boolean trains(ModelPart part) {
    return trainable.contains(part);
  }
}
