package io.litoperator.worker.distributed.agent;

/** What the agent's one supervising thread has to deal with, in the order in which it happened. */
sealed interface Happening {
  /** A rank has proved the secret and said who it is. */
  record Registered(Handshake.Registration registration, JsonLines connection)
      implements Happening {}

  record Said(int attempt, int rank, RankMessage message) implements Happening {}

  /** The rank's connection has ended; it will say nothing more. */
  record HungUp(int attempt, int rank) implements Happening {}

  /** The rank's process has ended. */
  record Exited(int attempt, int rank, int status) implements Happening {}

  /** Someone wants the run to stop. */
  record StopRequested() implements Happening {}
}
