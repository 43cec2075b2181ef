package io.litoperator.operator.tls;

/**
 * What a TLS server shows and proves.
 *
 * @param chainPem the server's certificate first
 * @param keyPem PKCS#8
 */
public record ServingCertificate(String chainPem, String keyPem) {
  /** Without the key. */
  @Override
  public String toString() {
    return chainPem;
  }
}
