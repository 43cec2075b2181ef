/** A run's figures as TensorBoard reads them. */
package io.litoperator.worker.report.tensorboard;
