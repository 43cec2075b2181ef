package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.Map;

/**
 * Who a rank is and where its coordinator listens, as environment variables in torchrun's words.
 * The secret travels here, too, and not on the command line, which every user of the machine can
 * read.
 *
 * @param localRank among the ranks of its machine
 * @param ownAddress at which other ranks reach this one
 */
record RankEnvironment(
    int rank,
    int localRank,
    int worldSize,
    String masterAddress,
    int masterPort,
    int attempt,
    Secret secret,
    String ownAddress) {

  /** A rank of a run on one machine. */
  RankEnvironment(
      int rank, int worldSize, String masterAddress, int masterPort, int attempt, Secret secret) {
    this(rank, rank, worldSize, masterAddress, masterPort, attempt, secret, "127.0.0.1");
  }

  /** The same run's environment for another rank. */
  RankEnvironment forRank(int other, int otherLocal) {
    return new RankEnvironment(
        other, otherLocal, worldSize, masterAddress, masterPort, attempt, secret, ownAddress);
  }

  RankEnvironment forAttempt(int other) {
    return new RankEnvironment(
        rank, localRank, worldSize, masterAddress, masterPort, other, secret, ownAddress);
  }

  Map<String, String> toVariables() {
    return Map.of(
        "RANK", String.valueOf(rank),
        "LOCAL_RANK", String.valueOf(localRank),
        "WORLD_SIZE", String.valueOf(worldSize),
        "MASTER_ADDR", masterAddress,
        "MASTER_PORT", String.valueOf(masterPort),
        "LIT_ATTEMPT", String.valueOf(attempt),
        "LIT_SECRET", secret.hex(),
        "LIT_ADDRESS", ownAddress);
  }

  /**
   * @throws Failure with {@code INVALID}, naming the variable that is missing or wrong
   */
  static RankEnvironment of(Map<String, String> variables) {
    return new RankEnvironment(
        number(variables, "RANK"),
        number(variables, "LOCAL_RANK"),
        number(variables, "WORLD_SIZE"),
        text(variables, "MASTER_ADDR"),
        number(variables, "MASTER_PORT"),
        number(variables, "LIT_ATTEMPT"),
        secret(text(variables, "LIT_SECRET")),
        text(variables, "LIT_ADDRESS"));
  }

  private static String text(Map<String, String> variables, String name) {
    String value = variables.get(name);
    if (value == null || value.isBlank()) {
      throw invalid(name, "is not set");
    }
    return value;
  }

  private static int number(Map<String, String> variables, String name) {
    String value = text(variables, name);
    try {
      return Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw invalid(name, "is '" + value + "', which is not a number");
    }
  }

  private static Secret secret(String hex) {
    try {
      return Secret.ofHex(hex);
    } catch (IllegalArgumentException e) {
      throw invalid("LIT_SECRET", "is not hexadecimal");
    }
  }

  private static Failure invalid(String name, String what) {
    return new Failure(
        ExitCode.INVALID,
        "Environment variable %s %s; ranks are started by agents, not by hand."
            .formatted(name, what));
  }

  @Override
  public String toString() {
    return "rank " + rank + " of " + worldSize + ", attempt " + attempt;
  }
}
