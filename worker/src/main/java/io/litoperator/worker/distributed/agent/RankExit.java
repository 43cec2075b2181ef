package io.litoperator.worker.distributed.agent;

/**
 * How a rank's process ended, as its own machine saw it.
 *
 * @param status exit code, or 128 and the signal's number
 * @param outOfMemory whether the kernel ended it because the memory limit was reached
 * @param lastLines of its log
 */
record RankExit(int status, boolean outOfMemory, String lastLines) {}
