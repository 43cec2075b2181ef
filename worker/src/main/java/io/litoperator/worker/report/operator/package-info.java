/**
 * What a run tells the operator, and what the operator wants of it: the only code of the worker
 * that knows that there is one.
 */
package io.litoperator.worker.report.operator;
