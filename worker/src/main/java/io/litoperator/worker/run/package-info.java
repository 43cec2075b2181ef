/**
 * A whole job, on this machine or in a Pod: checks, ranks, stages, evaluation, comparison, report.
 */
package io.litoperator.worker.run;
