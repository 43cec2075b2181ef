package io.litoperator.worker.distributed.agent;

import java.util.stream.IntStream;

/**
 * Where some of an attempt's ranks run. Their ends arrive as {@link Happening.Exited}, wherever
 * they run.
 */
sealed interface Node permits LocalNode, RemoteNode {
  NodeIdentity identity();

  /** Ranks on every node. */
  int ranksPerNode();

  /** Starts this node's ranks. */
  void start(int attempt);

  /** Ends one rank's process, whatever it is doing. */
  void end(int rank);

  /** Ends all ranks' processes; on this machine, returns when none is left. */
  void endAll();

  /** Where a rank's output is, for people. */
  String log(int rank);

  /** Whether the node can be reached. */
  boolean isThere();

  /** Tells the node's agent to exit, if it is another's. */
  void dismiss(NodeOrder.Leave leave);

  default int firstRank() {
    return identity().index() * ranksPerNode();
  }

  default IntStream ranks() {
    return IntStream.range(firstRank(), firstRank() + ranksPerNode());
  }
}
