package io.litoperator.operator.tls;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Where the progress endpoint's certificate is kept. */
@ConfigMapping(prefix = "lit.tls")
public interface TlsSettings {
  /** Secret, in the operator's namespace, of the certificates that the operator makes. */
  @WithDefault("lit-operator-tls")
  String secret();

  /**
   * Secret, in the operator's namespace, with {@code tls.crt}, {@code tls.key} and {@code ca.crt},
   * that somebody else makes and renews, such as cert-manager. Then the operator makes none.
   */
  Optional<String> provided();

  /** Between two looks at the Secret. */
  @WithDefault("1m")
  Duration checkInterval();
}
