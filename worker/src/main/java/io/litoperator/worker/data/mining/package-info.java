/** Finds task templates: the sentences that recur in what the humans of a data set say. Pure. */
package io.litoperator.worker.data.mining;
