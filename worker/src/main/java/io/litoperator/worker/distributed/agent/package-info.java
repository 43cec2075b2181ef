/** The processes of a run: an agent that starts the ranks, watches them and starts them again. */
package io.litoperator.worker.distributed.agent;
