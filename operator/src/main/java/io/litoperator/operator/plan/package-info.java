/**
 * What is to be done about a job: a pure function of what was observed. Every decision that must
 * survive the operator is in the status before it is acted on.
 */
package io.litoperator.operator.plan;
