/** A whole job on this machine: checks, ranks, stages, evaluation, comparison, report. */
package io.litoperator.worker.run;
