/**
 * Training state on disk. A checkpoint is a folder {@code <stage>-<step>} that appears by one
 * rename when every file in it is written and synced, and whose {@code manifest.json} tells the
 * size and SHA-256 of each; one that does not match its manifest is never used.
 */
package io.litoperator.worker.checkpoint;
