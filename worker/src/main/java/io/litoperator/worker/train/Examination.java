package io.litoperator.worker.train;

/** What is done with a model at its checkpoints, between two steps of training. */
@FunctionalInterface
public interface Examination {
  /**
   * A checkpoint is on disk, and the model whole on every rank until this returns; it must leave
   * the weights as they are. Every rank calls it.
   *
   * @param step of the checkpoint
   * @return whether training is to go on, the same on every rank
   */
  boolean passed(long step);
}
