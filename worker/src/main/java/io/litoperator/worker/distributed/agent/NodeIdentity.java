package io.litoperator.worker.distributed.agent;

/**
 * One of a run's machines, or its Pod.
 *
 * @param index from 0; the first one's agent is the coordinator
 * @param podUid of the Pod; in a run on one machine of this start
 * @param launch the attempt from which this Pod takes part; of two Pods with one index, the one
 *     with the higher number is the successor
 * @param name of the machine, for people
 */
public record NodeIdentity(int index, String podUid, int launch, String name) {}
