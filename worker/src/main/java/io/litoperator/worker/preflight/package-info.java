/** Whether the GPUs of this machine are fit to train: {@code lit preflight}. */
package io.litoperator.worker.preflight;
