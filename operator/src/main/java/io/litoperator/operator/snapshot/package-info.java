/**
 * What was observed of one job at one moment, as plain values: what {@code status} and {@code plan}
 * reason about. No client, no clock.
 */
package io.litoperator.operator.snapshot;
