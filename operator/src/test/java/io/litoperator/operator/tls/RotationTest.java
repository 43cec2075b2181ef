package io.litoperator.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RotationTest {
  private static final List<String> NAMES = List.of("op", "op.lit.svc");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final Rotation rotation = Rotation.of(NAMES);

  @Test
  void beginsWithAnAuthorityAndItsCertificate() {
    Issued issued = rotation.next(Optional.empty(), START);

    assertThat(issued.trusted()).containsExactly(issued.authority().certificate());
    assertThat(issued.server().isSignedBy(issued.authority().certificate())).isTrue();
    assertThat(issued.server().dnsNames()).containsExactlyInAnyOrderElementsOf(NAMES);
    assertThat(issued.server().certificate().getBasicConstraints())
        .as("is no authority")
        .isEqualTo(-1);
  }

  @Test
  void nothingChangesWhileNothingIsDue() {
    Issued issued = rotation.next(Optional.empty(), START);

    assertThat(rotation.next(Optional.of(issued), START.plus(DAY.multipliedBy(59))))
        .isSameAs(issued);
  }

  @Test
  void theServersCertificateIsRenewedByTheSameAuthority() {
    Issued issued = rotation.next(Optional.empty(), START);

    Issued renewed = rotation.next(Optional.of(issued), START.plus(DAY.multipliedBy(61)));

    assertThat(renewed.trusted()).isEqualTo(issued.trusted());
    assertThat(renewed.server()).isNotEqualTo(issued.server());
  }

  @Test
  void anotherServiceNameIsServedAtOnce() {
    Issued issued = rotation.next(Optional.empty(), START);

    Issued renamed = Rotation.of(List.of("other")).next(Optional.of(issued), START.plusSeconds(60));

    assertThat(renamed.server().dnsNames()).containsExactly("other");
  }

  /** Two years, looked at twice a day: what is shown was trusted by Pods a day before. */
  @Test
  void aCertificateIsNeverShownBeforeItsAuthorityHasSpread() {
    Issued issued = rotation.next(Optional.empty(), START);
    Map<X509Certificate, Instant> trustedSince = new HashMap<>();
    issued.trusted().forEach(authority -> trustedSince.put(authority, START.minus(DAY)));
    for (Instant now = START;
        now.isBefore(START.plus(DAY.multipliedBy(730)));
        now = now.plus(DAY.dividedBy(2))) {
      issued = rotation.next(Optional.of(issued), now);
      for (X509Certificate authority : issued.trusted()) {
        trustedSince.putIfAbsent(authority, now);
      }
      X509Certificate shown = issued.server().certificate();
      List<X509Certificate> signers =
          issued.trusted().stream().filter(issued.server()::isSignedBy).toList();

      assertThat(signers).hasSize(1);
      assertThat(trustedSince.get(signers.get(0))).isBeforeOrEqualTo(now.minus(DAY));
      assertThat(shown.getNotAfter().toInstant()).isAfter(now);
      assertThat(signers.get(0).getNotAfter()).isAfterOrEqualTo(shown.getNotAfter());
    }

    assertThat(trustedSince).as("authorities in two years").hasSize(3);
    assertThat(issued.trusted()).as("expired ones are dropped").hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aSecretHoldsAll() {
    Issued issued = rotation.next(Optional.empty(), START);

    Issued read = Issued.read(issued.toSecret());

    assertThat(read.trusted()).isEqualTo(issued.trusted());
    assertThat(read.server()).isEqualTo(issued.server());
    assertThat(read.authority()).isEqualTo(issued.authority());
  }

  @Test
  void aSpoiltSecretIsSaidToBeOne() {
    Map<String, String> spoilt = new HashMap<>(rotation.next(Optional.empty(), START).toSecret());
    spoilt.put("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertThatThrownBy(() -> Issued.read(spoilt))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is not PEM");
    assertThatThrownBy(() -> Issued.read(Map.of("tls.crt", "")))
        .hasMessage("lacks one of ca.crt, ca.key, tls.crt and tls.key");
  }
}
