package io.litoperator.operator.tls;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Certificates for tests that only need some; they can be exchanged. */
public final class IssuedInMemory implements TlsSource {
  private final Rotation rotation;
  private Issued issued;

  public IssuedInMemory(String... dnsNames) {
    this.rotation = Rotation.of(List.of(dnsNames));
    renew();
  }

  /** Loaded. */
  public Certificates certificates() {
    Certificates certificates = new Certificates(this);
    certificates.refresh();
    return certificates;
  }

  /** The next load gives another authority and another certificate. */
  public void renew() {
    issued = rotation.next(Optional.empty(), Instant.now());
  }

  @Override
  public TlsMaterial load() {
    Map<String, String> texts = issued.toSecret();
    return new TlsMaterial(
        texts.get(Issued.BUNDLE),
        new ServingCertificate(texts.get(Issued.SERVER), texts.get(Issued.SERVER_KEY)),
        issued.server().certificate().getNotAfter().toInstant());
  }
}
