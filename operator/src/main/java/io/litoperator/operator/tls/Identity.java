package io.litoperator.operator.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate with its key: of an authority, or of a server. Keys are ECDSA P-256. */
record Identity(X509Certificate certificate, PrivateKey key) {
  /** Clocks of a cluster may differ by so much. */
  private static final Duration SKEW = Duration.ofMinutes(10);

  private static final int DNS_NAME = GeneralName.dNSName;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @param name tells this authority from others in logs
   */
  static Identity authority(String name, Instant now, Duration life) {
    KeyPair keys = newKeys();
    X500Principal subject =
        new X500Principal("O=lit-operator,CN=" + name + " " + now.getEpochSecond());
    X509v3CertificateBuilder builder = builder(subject, subject, keys, now, life);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("These extensions can be encoded.", e);
    }
    return new Identity(sign(builder, keys.getPrivate()), keys.getPrivate());
  }

  /** A server's, signed by this authority. */
  Identity issue(List<String> dnsNames, Instant now, Duration life) {
    KeyPair keys = newKeys();
    X509v3CertificateBuilder builder =
        builder(
            certificate.getSubjectX500Principal(),
            new X500Principal("O=lit-operator,CN=progress"),
            keys,
            now,
            life);
    GeneralName[] names =
        dnsNames.stream().map(n -> new GeneralName(DNS_NAME, n)).toArray(GeneralName[]::new);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate.getPublicKey()));
    } catch (CertIOException | GeneralSecurityException e) {
      throw new IllegalStateException("These extensions can be encoded.", e);
    }
    return new Identity(sign(builder, key), keys.getPrivate());
  }

  Instant madeAt() {
    return certificate.getNotBefore().toInstant().plus(SKEW);
  }

  /** Whether two thirds of its life are over. */
  boolean isDue(Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration life = Duration.between(madeAt(), end);
    return now.isAfter(end.minus(life.dividedBy(3)));
  }

  boolean isSignedBy(X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // By another, or altered: the question is answered either way.
    }
  }

  Set<String> dnsNames() {
    try {
      return Optional.ofNullable(certificate.getSubjectAlternativeNames())
          .orElse(List.of())
          .stream()
          .filter(name -> name.get(0).equals(DNS_NAME))
          .map(name -> name.get(1).toString())
          .collect(Collectors.toUnmodifiableSet());
    } catch (CertificateParsingException e) {
      return Set.of(); // Unreadable names serve nobody.
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair keys, Instant now, Duration life) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(159, RANDOM).setBit(158),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(life)),
        subject,
        keys.getPublic());
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    } catch (OperatorException | GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot sign by ECDSA.", e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no P-256.", e);
    }
  }
}
