/**
 * How answers are scored. Most metrics are composed: a {@link
 * io.litoperator.worker.evaluate.metric.Reading} makes of an answer what is compared, a {@link
 * io.litoperator.worker.evaluate.metric.Grading} compares it, and an {@link
 * io.litoperator.worker.evaluate.metric.Aggregation} makes scores of the grades.
 */
package io.litoperator.worker.evaluate.metric;
