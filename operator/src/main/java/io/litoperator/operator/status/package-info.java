/**
 * What a job's status says, given what was observed and what was decided: exactly one phase, the
 * conditions, and why a job is not running. Pure.
 */
package io.litoperator.operator.status;
