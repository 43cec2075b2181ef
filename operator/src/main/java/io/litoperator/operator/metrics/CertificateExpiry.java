package io.litoperator.operator.metrics;

import io.litoperator.operator.tls.Certificates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** When the endpoint's certificate ends, so that somebody hears of a renewal that fails. */
public final class CertificateExpiry {
  private CertificateExpiry() {}

  public static void bind(Certificates certificates, MeterRegistry registry) {
    Gauge.builder(
            "lit.tls.certificate.expiry.timestamp.seconds",
            certificates,
            CertificateExpiry::unixSeconds)
        .description("When the progress endpoint's certificate expires, Unix time")
        .register(registry);
  }

  private static double unixSeconds(Certificates certificates) {
    return certificates.expires().map(end -> (double) end.getEpochSecond()).orElse(Double.NaN);
  }
}
