/**
 * Carries plans out: the only writer of jobs' objects, and of their status but for its progress.
 */
package io.litoperator.operator.reconcile;
