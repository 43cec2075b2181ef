/**
 * The Hugging Face hub: its API, and its cache on this machine, laid out as huggingface_hub does it
 * so that both use the same files.
 */
package io.litoperator.worker.hub;
