/**
 * Reads and writes safetensors, the file format of model weights: a length, a JSON header, data.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">the format</a>
 */
package io.litoperator.worker.safetensors;
