package io.litoperator.worker.distributed.agent;

/** What the agent's one supervising thread has to deal with, in the order in which it happened. */
sealed interface Happening {
  /** A rank has proved the secret and said who it is. */
  record Registered(Registration.Rank registration, JsonLines connection) implements Happening {}

  record Said(int attempt, int rank, RankMessage message) implements Happening {}

  /** The rank's connection has ended; it will say nothing more. */
  record HungUp(int attempt, int rank) implements Happening {}

  /** The rank's process has ended. */
  record Exited(int attempt, int rank, RankExit exit) implements Happening {}

  /** Another node's agent has proved the secret and said who it is. */
  record NodeRegistered(Registration.Agent who, JsonLines connection) implements Happening {}

  /** The agent's Pod is being ended. */
  record NodeWishesToLeave(JsonLines connection) implements Happening {}

  /** The agent's connection has ended, or it has been silent for too long. */
  record NodeHungUp(JsonLines connection) implements Happening {}

  /** Someone wants the run to stop. */
  record StopRequested() implements Happening {}
}
