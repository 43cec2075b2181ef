/**
 * The model: its shape, its weights in flat buffers, its layers as TorchScript programs, inference.
 */
package io.litoperator.worker.model;
