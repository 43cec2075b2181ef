/** Benchmarks that a judge, another model, scores: its judgements read and summed up. */
package io.litoperator.worker.evaluate.judge;
