package io.litoperator.worker.sizing;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Bytes that a rank holds at its peak, on the device that it computes on.
 *
 * @param gradients at the peak; a few blocks' where they are applied as they come
 * @param optimizer moments, and masters of bf16 parameters
 * @param activations kept from the forward to the backward pass, and the widest layer's work
 * @param buffers logits, gathered weights, pictures
 * @param checkpoint copies of what the rank writes of a checkpoint; of ranks on GPUs they are in
 *     the host's memory and not counted
 * @param evaluation what answering questions between two steps takes beside the model; 0 if the job
 *     does not
 * @param program the runtime's own
 */
public record Memory(
    long parameters,
    long gradients,
    long optimizer,
    long activations,
    long buffers,
    long checkpoint,
    long evaluation,
    long program) {
  /** Bytes of this machine, or of the container. */
  public static long ofMachine() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** While it trains and a checkpoint is written, or while it answers: whichever takes more. */
  public long peak() {
    return Math.max(training(), evaluating()) + checkpoint;
  }

  /** Between two steps, while questions are answered; without copies for any checkpoint. */
  public long evaluating() {
    return parameters + gradients + optimizer + evaluation + program;
  }

  /** Without any checkpoint. */
  public long training() {
    return parameters + gradients + optimizer + activations + buffers + program;
  }
}
