/**
 * CUDA's runtime, NCCL, and functions in CUDA C that are compiled for the GPU at hand, by JavaCPP's
 * presets. Their classes load only where a driver is, so nothing here is touched on other machines.
 */
package io.litoperator.worker.gpu;
