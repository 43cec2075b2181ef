package io.litoperator.api.v1alpha1;

/**
 * Where training stands, as the ranks last reported it.
 *
 * @param stage The stage under way.
 * @param step Optimizer steps done in this stage.
 * @param totalSteps Optimizer steps of this stage.
 * @param percent Of the whole job, 0 to 100.
 * @param epoch Passes over the stage's data.
 * @param loss Mean over the last step's supervised tokens.
 * @param instructionLoss The same, over instructions alone.
 * @param responseLoss The same, over answers alone.
 * @param learningRate Of the last step.
 * @param gradientNorm Of the last step, before clipping.
 * @param samplesPerSecond Over all ranks.
 * @param tokensPerSecond Over all ranks, padding not counted.
 * @param modelFlopsUtilization Part of the devices' peak that the model's arithmetic uses, 0 to 1.
 * @param peakMemoryBytes Of the rank that uses most.
 * @param estimatedCompletion When the job will end at this rate (RFC 3339).
 * @param lastHeartbeat When the ranks last reported (RFC 3339).
 */
public record Progress(
    String stage,
    Long step,
    Long totalSteps,
    Integer percent,
    Double epoch,
    Double loss,
    Double instructionLoss,
    Double responseLoss,
    Double learningRate,
    Double gradientNorm,
    Double samplesPerSecond,
    Double tokensPerSecond,
    Double modelFlopsUtilization,
    Long peakMemoryBytes,
    String estimatedCompletion,
    String lastHeartbeat) {}
