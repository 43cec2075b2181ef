package io.litoperator.operator.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that the operator has made for its endpoint.
 *
 * @param authority the newest, which signs
 * @param trusted authorities that Pods must trust, the newest first
 * @param server signed by one of them
 */
record Issued(Identity authority, List<X509Certificate> trusted, Identity server) {
  static final String BUNDLE = "ca.crt";
  static final String SERVER = "tls.crt";
  static final String SERVER_KEY = "tls.key";
  private static final String AUTHORITY_KEY = "ca.key";

  Issued {
    trusted = List.copyOf(trusted);
  }

  /**
   * @throws IllegalArgumentException if something is missing or unreadable
   */
  static Issued read(Map<String, String> secret) {
    if (!secret.keySet().containsAll(Set.of(BUNDLE, AUTHORITY_KEY, SERVER, SERVER_KEY))) {
      throw new IllegalArgumentException("lacks one of ca.crt, ca.key, tls.crt and tls.key");
    }
    List<X509Certificate> trusted = Pem.certificates(secret.get(BUNDLE));
    return new Issued(
        new Identity(trusted.get(0), Pem.key(secret.get(AUTHORITY_KEY))),
        trusted,
        new Identity(Pem.certificates(secret.get(SERVER)).get(0), Pem.key(secret.get(SERVER_KEY))));
  }

  Map<String, String> toSecret() {
    return Map.of(
        BUNDLE,
        Pem.of(trusted),
        AUTHORITY_KEY,
        Pem.of(authority.key()),
        SERVER,
        Pem.of(List.of(server.certificate())),
        SERVER_KEY,
        Pem.of(server.key()));
  }
}
