/** The training step and loop: gradients layer by layer, their reduction, AdamW, saving. */
package io.litoperator.worker.train;
