package io.litoperator.operator.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate of somebody else's making.
 *
 * @param authorities by which Pods know it
 * @param expires when the certificate itself does
 */
record Provided(List<X509Certificate> authorities, ServingCertificate serving, Instant expires) {
  Provided {
    authorities = List.copyOf(authorities);
  }
}
