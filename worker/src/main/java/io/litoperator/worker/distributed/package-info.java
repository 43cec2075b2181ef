/** What ranks do together: sums, gathers and barriers over a TCP ring. */
package io.litoperator.worker.distributed;
