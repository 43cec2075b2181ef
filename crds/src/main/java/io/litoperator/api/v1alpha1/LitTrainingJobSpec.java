package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * What is wanted. Only {@code suspend}, {@code ttlSecondsAfterFinished}, {@code topology.nodes} and
 * {@code topology.ranksPerNode} can be changed later.
 *
 * @param model What is trained.
 * @param data How data reaches the ranks.
 * @param pretrain The stage that trains the connector on captions.
 * @param finetune The stage that trains on conversations, by one of the paper's objectives.
 * @param evaluate Tasks that score the model.
 * @param checkpoints When and where training state is saved.
 * @param precision Number format of the forward and backward pass; the optimizer's state is always
 *     fp32. tf32 is fp32, but that GPUs may round what they multiply in matrix products to TF32.
 *     Default: bf16 on cuda, fp32 on cpu.
 * @param sharding What the ranks share out instead of holding a copy each: ZeRO stages 1, 2 and 3.
 * @param activationCheckpointing What the backward pass computes again instead of keeping: nothing
 *     (none), of each language model layer what is largest and of other layers all (selective), or
 *     every layer (full).
 * @param seed Of initialisation, sampling and noise. The same job with the same seed gives the same
 *     model.
 * @param topology Nodes and ranks.
 * @param template Overrides of the Pods' template. No effect outside a cluster.
 * @param image Container image of the worker; default is the operator's for topology.device. No
 *     effect outside a cluster.
 * @param suspend Whether the job saves a checkpoint and gives its Pods back until this is false. No
 *     effect outside a cluster.
 * @param managedBy The controller that runs this job, if it is another than lit-operator, as
 *     domain/path: whatever is named must know this kind of job. No effect outside a cluster.
 * @param scheduling Queue, gang and placement. No effect outside a cluster.
 * @param recovery What is done when a rank dies or hangs.
 * @param activeDeadlineSeconds Seconds after which a job that has not finished fails, from
 *     status.startTime; waiting in a queue is not counted. No effect outside a cluster.
 * @param ttlSecondsAfterFinished Seconds after which a finished job is deleted. No effect outside a
 *     cluster.
 */
@ValidationRule(
    value = "has(self.pretrain) || has(self.finetune)",
    message = "give at least one of the stages 'pretrain' and 'finetune'")
@ValidationRule(
    value =
        "!has(self.pretrain) || self.pretrain.globalBatchSize % (self.topology.nodes *"
            + " self.topology.ranksPerNode * (has(self.pretrain.microBatchSize) &&"
            + " type(self.pretrain.microBatchSize) == int && self.pretrain.microBatchSize > 0 ?"
            + " self.pretrain.microBatchSize : 1)) == 0",
    message = "must be a multiple of topology.nodes * topology.ranksPerNode * microBatchSize",
    fieldPath = ".pretrain.globalBatchSize")
@ValidationRule(
    value =
        "!has(self.finetune) || self.finetune.globalBatchSize % (self.topology.nodes *"
            + " self.topology.ranksPerNode * (has(self.finetune.microBatchSize) &&"
            + " type(self.finetune.microBatchSize) == int && self.finetune.microBatchSize > 0 ?"
            + " self.finetune.microBatchSize : 1)) == 0",
    message = "must be a multiple of topology.nodes * topology.ranksPerNode * microBatchSize",
    fieldPath = ".finetune.globalBatchSize")
@ValidationRule(
    value =
        "self.topology.nodes == 1 || (has(self.checkpoints.destination) &&"
            + " (self.checkpoints.destination.startsWith('s3://') ||"
            + " self.checkpoints.destination.startsWith('pvc://')))",
    message = "several nodes need storage that they share; give s3:// or pvc://",
    fieldPath = ".checkpoints.destination")
@ValidationRule(
    value = "!has(self.data) || !has(self.data.features) || self.sharding != 'parameters'",
    message = "needs the tower whole on every rank; leave it out, or write sharding: gradients",
    fieldPath = ".data.features")
@ValidationRule(
    value =
        "!has(self.precision) || self.precision != 'tf32' || !has(self.topology.device) ||"
            + " self.topology.device != 'cpu'",
    message = "tf32 is of GPUs; write fp32, or topology.device: cuda",
    fieldPath = ".precision")
@ValidationRule(
    value = "self.model == oldSelf.model",
    message = "is immutable",
    fieldPath = ".model")
@ValidationRule(
    value = "has(self.data) == has(oldSelf.data) && (!has(self.data) || self.data == oldSelf.data)",
    message = "is immutable",
    fieldPath = ".data")
@ValidationRule(
    value =
        "has(self.pretrain) == has(oldSelf.pretrain) && (!has(self.pretrain) || self.pretrain == oldSelf.pretrain)",
    message = "is immutable",
    fieldPath = ".pretrain")
@ValidationRule(
    value =
        "has(self.finetune) == has(oldSelf.finetune) && (!has(self.finetune) || self.finetune == oldSelf.finetune)",
    message = "is immutable",
    fieldPath = ".finetune")
@ValidationRule(
    value =
        "has(self.evaluate) == has(oldSelf.evaluate) && (!has(self.evaluate) || self.evaluate == oldSelf.evaluate)",
    message = "is immutable",
    fieldPath = ".evaluate")
@ValidationRule(
    value = "self.checkpoints == oldSelf.checkpoints",
    message = "is immutable",
    fieldPath = ".checkpoints")
@ValidationRule(
    value =
        "has(self.precision) == has(oldSelf.precision) && (!has(self.precision) || self.precision == oldSelf.precision)",
    message = "is immutable",
    fieldPath = ".precision")
@ValidationRule(
    value = "self.sharding == oldSelf.sharding",
    message = "is immutable",
    fieldPath = ".sharding")
@ValidationRule(
    value = "self.activationCheckpointing == oldSelf.activationCheckpointing",
    message = "is immutable",
    fieldPath = ".activationCheckpointing")
@ValidationRule(value = "self.seed == oldSelf.seed", message = "is immutable", fieldPath = ".seed")
@ValidationRule(
    value =
        "has(self.template) == has(oldSelf.template) && (!has(self.template) || self.template == oldSelf.template)",
    message = "is immutable",
    fieldPath = ".template")
@ValidationRule(
    value =
        "has(self.image) == has(oldSelf.image) && (!has(self.image) || self.image == oldSelf.image)",
    message = "is immutable",
    fieldPath = ".image")
@ValidationRule(
    value =
        "has(self.managedBy) == has(oldSelf.managedBy) && (!has(self.managedBy) || self.managedBy == oldSelf.managedBy)",
    message = "is immutable",
    fieldPath = ".managedBy")
@ValidationRule(
    value =
        "has(self.scheduling) == has(oldSelf.scheduling) && (!has(self.scheduling) || self.scheduling == oldSelf.scheduling)",
    message = "is immutable",
    fieldPath = ".scheduling")
@ValidationRule(
    value = "self.recovery == oldSelf.recovery",
    message = "is immutable",
    fieldPath = ".recovery")
@ValidationRule(
    value =
        "has(self.activeDeadlineSeconds) == has(oldSelf.activeDeadlineSeconds) && (!has(self.activeDeadlineSeconds) || self.activeDeadlineSeconds == oldSelf.activeDeadlineSeconds)",
    message = "is immutable",
    fieldPath = ".activeDeadlineSeconds")
public record LitTrainingJobSpec(
    @Required ModelSpec model,
    DataSpec data,
    PretrainSpec pretrain,
    FinetuneSpec finetune,
    EvaluateSpec evaluate,
    @Default("{}") CheckpointsSpec checkpoints,
    Precision precision,
    @Default("none") Sharding sharding,
    @Default("none") ActivationCheckpointing activationCheckpointing,
    @Default("42") @Min(0) Long seed,
    @Default("{}") TopologySpec topology,
    PodOverrides template,
    @Pattern("^\\S+$") @Size(min = 1, max = 1024) String image,
    @Default("false") Boolean suspend,
    @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[A-Za-z0-9._~/-]+$") @Size(min = 1, max = 63)
        String managedBy,
    SchedulingSpec scheduling,
    @Default("{}") RecoverySpec recovery,
    @Min(1) Long activeDeadlineSeconds,
    @Min(0) Long ttlSecondsAfterFinished) {

  public enum Precision {
    @JsonProperty("bf16")
    BF16,
    @JsonProperty("tf32")
    TF32,
    @JsonProperty("fp32")
    FP32
  }

  public enum Sharding {
    @JsonProperty("none")
    NONE,
    @JsonProperty("optimizer")
    OPTIMIZER,
    @JsonProperty("gradients")
    GRADIENTS,
    @JsonProperty("parameters")
    PARAMETERS
  }

  public enum ActivationCheckpointing {
    @JsonProperty("none")
    NONE,
    @JsonProperty("selective")
    SELECTIVE,
    @JsonProperty("full")
    FULL
  }
}
