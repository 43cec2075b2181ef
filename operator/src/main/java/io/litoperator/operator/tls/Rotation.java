package io.litoperator.operator.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * When certificates are made anew: at two thirds of their life. A new authority is trusted for a
 * while before it signs, so that no Pod meets a certificate of an authority it has not heard of;
 * the former stays trusted until it expires. Pure, but for the keys' randomness.
 *
 * @param dnsNames of the endpoint
 * @param authorityLife several times {@code serverLife}
 * @param spread from a new authority to the first certificate by it; shorter than a third of {@code
 *     serverLife}
 */
record Rotation(
    List<String> dnsNames, Duration authorityLife, Duration serverLife, Duration spread) {
  Rotation {
    dnsNames = List.copyOf(dnsNames);
  }

  static Rotation of(List<String> dnsNames) {
    return new Rotation(dnsNames, Duration.ofDays(365), Duration.ofDays(90), Duration.ofDays(1));
  }

  /** What is to be used from now on: {@code current} itself where nothing is due. */
  Issued next(Optional<Issued> current, Instant now) {
    if (current.isEmpty()) {
      Identity authority = newAuthority(now);
      return new Issued(
          authority, List.of(authority.certificate()), authority.issue(dnsNames, now, serverLife));
    }
    return withServer(withAuthority(current.get(), now), now);
  }

  private Issued withAuthority(Issued issued, Instant now) {
    if (!issued.authority().isDue(now)) {
      return issued;
    }
    Identity authority = newAuthority(now);
    List<X509Certificate> trusted = new ArrayList<>(List.of(authority.certificate()));
    issued.trusted().stream()
        .filter(former -> former.getNotAfter().toInstant().isAfter(now))
        .forEach(trusted::add);
    return new Issued(authority, trusted, issued.server());
  }

  private Issued withServer(Issued issued, Instant now) {
    Identity authority = issued.authority();
    boolean mayWait = now.isBefore(authority.madeAt().plus(spread)) && serves(issued.server(), now);
    boolean isGood =
        issued.server().isSignedBy(authority.certificate())
            && issued.server().dnsNames().equals(Set.copyOf(dnsNames))
            && !issued.server().isDue(now);
    return isGood || mayWait
        ? issued
        : new Issued(authority, issued.trusted(), authority.issue(dnsNames, now, serverLife));
  }

  /** Whether it can still be shown, be it for a day. */
  private boolean serves(Identity server, Instant now) {
    return server.certificate().getNotAfter().toInstant().isAfter(now.plus(spread))
        && server.dnsNames().equals(Set.copyOf(dnsNames));
  }

  private Identity newAuthority(Instant now) {
    return Identity.authority("lit-operator", now, authorityLife);
  }
}
