package io.litoperator.operator.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * How one certificate of somebody else's making follows another. One by the same authorities is
 * shown at once; one by others when Pods have had time to hear of these, and the former are trusted
 * for a while longer: another replica may still show what they signed. Pure.
 *
 * @param shown what the endpoint shows
 * @param newest what was provided last
 * @param former authorities that are trusted besides the newest
 * @param since when the newest authorities were first seen
 */
record Succession(Provided shown, Provided newest, List<X509Certificate> former, Instant since) {
  /** From new authorities to the first certificate by them: kubelets take a minute or two. */
  static final Duration SPREAD = Duration.ofMinutes(5);

  static final Duration REMEMBERED = Duration.ofDays(1);

  Succession {
    former = List.copyOf(former);
  }

  static Succession begin(Provided first, Instant now) {
    return new Succession(first, first, List.of(), now);
  }

  Succession next(Provided provided, Instant now) {
    return provided.authorities().equals(newest.authorities())
        ? new Succession(shown, provided, former, since).settled(now)
        : new Succession(shown, provided, trusted(), now).settled(now);
  }

  TlsMaterial material() {
    return new TlsMaterial(Pem.of(trusted()), shown.serving(), shown.expires());
  }

  private List<X509Certificate> trusted() {
    return Stream.concat(newest.authorities().stream(), former.stream()).distinct().toList();
  }

  private Succession settled(Instant now) {
    boolean spread =
        former.isEmpty() || !now.isBefore(since.plus(SPREAD)) || !now.isBefore(shown.expires());
    boolean remembered = now.isBefore(since.plus(REMEMBERED));
    return new Succession(spread ? newest : shown, newest, remembered ? former : List.of(), since);
  }
}
