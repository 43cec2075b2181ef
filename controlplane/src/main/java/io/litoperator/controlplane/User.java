package io.litoperator.controlplane;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * Someone whom the API server knows by a token.
 *
 * @param token random, for one run
 */
public record User(String name, List<String> groups, String token) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A user with a new token. */
  public static User named(String name, String... groups) {
    byte[] token = new byte[16];
    RANDOM.nextBytes(token);
    return new User(name, List.of(groups), HexFormat.of().formatHex(token));
  }

  /** May do everything. */
  static User admin() {
    return named("admin", "system:masters");
  }

  /** The line of kube-apiserver's token file. */
  String tokenFileLine() {
    return "%s,%s,%s,\"%s\"".formatted(token, name, name, String.join(",", groups));
  }
}
