package io.litoperator.worker.sizing;

/**
 * Bytes that a rank holds at its peak, on the device that it computes on.
 *
 * @param gradients at the peak; a few blocks' where they are applied as they come
 * @param optimizer moments, and masters of bf16 parameters
 * @param activations kept from the forward to the backward pass, and the widest layer's work
 * @param buffers logits, gathered weights, pictures
 * @param program the runtime's own
 */
public record Memory(
    long parameters, long gradients, long optimizer, long activations, long buffers, long program) {
  public long peak() {
    return parameters + gradients + optimizer + activations + buffers + program;
  }
}
