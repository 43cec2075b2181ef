/** Times training steps and answers on synthetic batches, and the rate that a device sustains. */
package io.litoperator.worker.bench;
