/**
 * What ranks do together: sums, gathers, broadcasts and barriers, over a TCP ring or by NCCL; and
 * the agents that start them.
 */
package io.litoperator.worker.distributed;
