/**
 * Training state on disk and in buckets. A checkpoint is a folder {@code <stage>-<step>} whose
 * {@code manifest.json} tells the size and SHA-256 of every file and appears last; one that does
 * not match its manifest is never used. Anybody reads through {@code CheckpointStore}, an attempt
 * writes through {@code AttemptStore}; below them a {@code Destination} and its writer know the
 * place.
 */
package io.litoperator.worker.checkpoint;
