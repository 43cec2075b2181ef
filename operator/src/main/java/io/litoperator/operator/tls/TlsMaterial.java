package io.litoperator.operator.tls;

import java.time.Instant;

/**
 * What the endpoint shows and what its clients must trust.
 *
 * @param caPem authorities, the newest first
 * @param expires of the serving certificate
 */
public record TlsMaterial(String caPem, ServingCertificate serving, Instant expires) {}
