/**
 * What operators of a cluster watch. Figures come from the jobs' statuses, looked at regularly: a
 * restart of the operator loses no job's figures, only what counters had summed up, as Prometheus
 * expects. {@code docs/metrics.md} lists all.
 */
package io.litoperator.operator.metrics;
