/** The layouts in which benchmarks are published: which columns hold what of a question. */
package io.litoperator.worker.evaluate.published;
