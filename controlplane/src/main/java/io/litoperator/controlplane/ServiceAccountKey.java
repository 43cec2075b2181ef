package io.litoperator.controlplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The key pair that service accounts' tokens are signed and checked with. */
final class ServiceAccountKey {
  private ServiceAccountKey() {}

  static void writeTo(Path folder) throws IOException {
    KeyPair pair = generate();
    Files.writeString(privateKey(folder), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    Files.writeString(publicKey(folder), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
  }

  static Path privateKey(Path folder) {
    return folder.resolve("service-account.key");
  }

  static Path publicKey(Path folder) {
    return folder.resolve("service-account.pub");
  }

  private static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] content) {
    byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
    String text = Base64.getMimeEncoder(64, lineEnd).encodeToString(content);
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, text, kind);
  }
}
