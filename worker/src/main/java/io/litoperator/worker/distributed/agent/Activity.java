package io.litoperator.worker.distributed.agent;

/**
 * What a rank is doing. One that trains is expected to make progress, and one that saves unless a
 * checkpoint is written meanwhile, which itself has to get on: {@link RankLink#saving}.
 */
public enum Activity {
  TRAINING,
  /** Copying what is saved, or waiting for what is written, here or by another rank. */
  SAVING,
  EVALUATING,
  /** Starting, loading, or waiting for something outside the program. */
  WAITING
}
