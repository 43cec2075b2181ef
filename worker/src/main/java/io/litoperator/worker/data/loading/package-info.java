/**
 * Samples made ready for training: read, labelled, decoded, in background threads, and checked
 * beforehand. The only part of {@code data} that puts the others together.
 */
package io.litoperator.worker.data.loading;
