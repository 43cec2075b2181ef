/** Carries plans out: the only writer of jobs' objects and statuses. */
package io.litoperator.operator.reconcile;
