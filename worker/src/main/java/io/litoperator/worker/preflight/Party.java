package io.litoperator.worker.preflight;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;

/**
 * The nodes that take part, and which of them this is.
 *
 * @param node from 0
 * @param patience how long nodes wait for one another
 */
public record Party(int node, int nodes, Coordinator coordinator, Duration patience) {
  private static final String SECRET = "LIT_SECRET";

  /** Of those who set none: whoever reaches the port may then take part. */
  private static final String KNOWN_TO_ALL = "00";

  boolean leads() {
    return node == 0;
  }

  InetAddress address() {
    return leads() ? coordinator.here(patience) : coordinator.reachedFrom(patience);
  }

  static Secret secret(Map<String, String> environment) {
    try {
      return Secret.ofHex(environment.getOrDefault(SECRET, KNOWN_TO_ALL));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.INVALID,
          "LIT_SECRET must be hexadecimal, the same on all nodes; 'openssl rand -hex 32' makes one.",
          e);
    }
  }
}
