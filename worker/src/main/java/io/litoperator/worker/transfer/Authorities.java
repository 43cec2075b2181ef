package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Certificate authorities whose servers are trusted. */
public final class Authorities {
  private final TrustManager[] trustManagers;

  private Authorities(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException {
    this.trustManagers = trusting(certificates);
  }

  /**
   * Those of a PEM text, and no others.
   *
   * @throws GeneralSecurityException if it is no PEM text, or holds no certificate
   */
  public static Authorities of(byte[] pem) throws GeneralSecurityException {
    return new Authorities(certificates(pem));
  }

  /**
   * Java's own, and those of the PEM file that the first of these variables names which is set;
   * empty if none is, as Java's own are trusted anyway.
   *
   * @throws Failure {@code INVALID} if the file cannot be read, or holds no certificates
   */
  public static Optional<Authorities> named(Map<String, String> environment, String... variables) {
    return Stream.of(variables)
        .filter(name -> !environment.getOrDefault(name, "").isBlank())
        .findFirst()
        .map(name -> besidesJavas(name, Path.of(environment.get(name).strip())));
  }

  private static Authorities besidesJavas(String variable, Path file) {
    try {
      List<Certificate> all = new ArrayList<>(certificates(Files.readAllBytes(file)));
      for (TrustManager own : trusting(null)) {
        all.addAll(List.of(((X509TrustManager) own).getAcceptedIssuers()));
      }
      return new Authorities(all);
    } catch (IOException | GeneralSecurityException e) {
      throw new Failure(
          ExitCode.INVALID,
          "Environment variable %s names %s, which %s; name a file of certificates in PEM."
              .formatted(
                  variable,
                  file,
                  e instanceof IOException ? "cannot be read" : "holds no certificates"),
          e);
    }
  }

  /** Whether a connection failed as nobody who is trusted vouches for the server. */
  public static boolean areUnknown(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(CertificateException.class::isInstance);
  }

  public TrustManager[] trustManagers() {
    return trustManagers.clone();
  }

  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trustManagers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every Java has TLS
    }
  }

  private static Collection<? extends Certificate> certificates(byte[] pem)
      throws GeneralSecurityException {
    Collection<? extends Certificate> certificates =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate");
    }
    return certificates;
  }

  /**
   * @param certificates null for Java's own
   */
  private static TrustManager[] trusting(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificates == null ? null : store(certificates));
    return trust.getTrustManagers();
  }

  private static KeyStore store(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException(e); // nothing is read
    }
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("authority-" + store.size(), certificate);
    }
    return store;
  }
}
