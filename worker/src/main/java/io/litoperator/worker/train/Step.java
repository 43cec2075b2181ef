package io.litoperator.worker.train;

/**
 * What an optimizer step came to, over all ranks.
 *
 * @param losses sums over the global batch's supervised tokens
 * @param gradientNorm before clipping
 * @param samples of the global batch
 * @param rows tokens that the decoder computed, pictures' rows included
 * @param flops that the model needed
 * @param stop whether a rank asked to stop after this step
 * @param save whether rank 0 asked to save after this step
 * @param saveFailed whether a rank could not save a checkpoint before
 */
public record Step(
    Losses losses,
    double gradientNorm,
    double samples,
    double rows,
    double flops,
    boolean stop,
    boolean save,
    boolean saveFailed) {}
