/** Getting things over a network that fails: pauses, repetitions, several at once. */
package io.litoperator.worker.transfer;
