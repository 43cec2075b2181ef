/** Whether GPUs, and the network between machines, are fit to train: {@code lit preflight}. */
package io.litoperator.worker.preflight;
