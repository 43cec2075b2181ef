/**
 * CUDA's runtime and NCCL, by JavaCPP's presets. Their classes load only where a driver is, so
 * nothing here is touched on other machines.
 */
package io.litoperator.worker.gpu;
