/**
 * What a job means beyond its schema: the sources it names, the defaults that depend on other
 * fields or on where it runs, and what is refused though schema and CEL rules allow it. The worker
 * and the operator both ask here, so that a job is judged alike everywhere.
 */
package io.litoperator.api.job;
