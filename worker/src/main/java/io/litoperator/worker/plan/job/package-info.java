/**
 * A job file: from YAML text to a checked {@code LitTrainingJob}. Defaults, schema and rules are
 * those of the committed CRD, so that a job is accepted here if and only if a cluster accepts it.
 */
package io.litoperator.worker.plan.job;
