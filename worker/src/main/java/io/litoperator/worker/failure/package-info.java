/** How a run ends: exit codes, and faults that a person can act on. */
package io.litoperator.worker.failure;
