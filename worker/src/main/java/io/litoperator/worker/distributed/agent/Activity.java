package io.litoperator.worker.distributed.agent;

/** What a rank is doing. Only a rank that trains is expected to make progress. */
public enum Activity {
  TRAINING,
  SAVING,
  EVALUATING,
  /** Starting, loading, or waiting for something outside the program. */
  WAITING
}
