/**
 * How the model folders that people have spell tensors and configurations. Ours is llava-hf's; the
 * others are mapped to it and back.
 */
package io.litoperator.worker.model.published;
