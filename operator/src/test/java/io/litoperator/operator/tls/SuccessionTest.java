package io.litoperator.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cert-manager provides, as it is shown and trusted. */
class SuccessionTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Identity former = Identity.authority("former", START, Duration.ofDays(365));
  private final Identity later = Identity.authority("later", START, Duration.ofDays(365));
  private final Provided first = by(former);
  private final Succession begun = Succession.begin(first, START);

  @Test
  void aCertificateByTheSameAuthorityIsShownAtOnce() {
    Provided renewed = by(former);

    TlsMaterial material = begun.next(renewed, after(Duration.ofDays(30))).material();

    assertThat(material.serving()).isEqualTo(renewed.serving());
    assertThat(trusted(material)).containsExactly(former.certificate());
  }

  @Test
  void aCertificateByAnotherAuthorityIsShownWhenPodsHaveHeardOfThat() {
    Provided renewed = by(later);

    Succession changed = begun.next(renewed, after(Duration.ofDays(30)));
    Succession soon = changed.next(renewed, after(Duration.ofDays(30).plusMinutes(4)));
    Succession spread = soon.next(renewed, after(Duration.ofDays(30).plusMinutes(5)));

    assertThat(changed.material().serving()).isEqualTo(first.serving());
    assertThat(changed.material().expires()).isEqualTo(first.expires());
    assertThat(soon.material().serving()).isEqualTo(first.serving());
    assertThat(spread.material().serving()).isEqualTo(renewed.serving());
    assertThat(List.of(changed, soon, spread))
        .allSatisfy(
            each ->
                assertThat(trusted(each.material()))
                    .containsExactly(later.certificate(), former.certificate()));
  }

  @Test
  void theFormerAuthorityIsForgottenInTheEnd() {
    Provided renewed = by(later);

    Succession changed = begun.next(renewed, START);

    assertThat(trusted(changed.next(renewed, after(Duration.ofHours(23))).material()))
        .contains(former.certificate());
    assertThat(trusted(changed.next(renewed, after(Duration.ofHours(24))).material()))
        .containsExactly(later.certificate());
  }

  /** What has expired is of no use to anybody. */
  @Test
  void aCertificateThatHasExpiredIsReplacedAtOnce() {
    Provided renewed = by(later);

    Succession changed = begun.next(renewed, first.expires());

    assertThat(changed.material().serving()).isEqualTo(renewed.serving());
  }

  @Test
  void authoritiesThatFollowOneAnotherSoonAreAllTrusted() {
    Identity last = Identity.authority("last", START, Duration.ofDays(365));

    Succession twice = begun.next(by(later), START).next(by(last), after(Duration.ofMinutes(1)));

    assertThat(trusted(twice.material()))
        .containsExactly(last.certificate(), later.certificate(), former.certificate());
    assertThat(twice.material().serving()).isEqualTo(first.serving());
  }

  private static Instant after(Duration time) {
    return START.plus(time);
  }

  private static List<X509Certificate> trusted(TlsMaterial material) {
    return Pem.certificates(material.caPem());
  }

  private static Provided by(Identity authority) {
    Identity server = authority.issue(List.of("op"), START, Duration.ofDays(90));
    return new Provided(
        List.of(authority.certificate()),
        new ServingCertificate(Pem.of(List.of(server.certificate())), Pem.of(server.key())),
        server.certificate().getNotAfter().toInstant());
  }
}
