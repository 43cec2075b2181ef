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
 * @param program the runtime's own
 */
public record Memory(
    long parameters,
    long gradients,
    long optimizer,
    long activations,
    long buffers,
    long checkpoint,
    long program) {
  /** Bytes of this machine, or of the container. */
  public static long ofMachine() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  public long peak() {
    return training() + checkpoint;
  }

  /** Without any checkpoint. */
  public long training() {
    return parameters + gradients + optimizer + activations + buffers + program;
  }
}
