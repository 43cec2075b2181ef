package io.litoperator.operator.resource;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** What only the job's Pods know, and whom they trust. */
final class JobSecret {
  private static final int TOKEN_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private JobSecret() {}

  /**
   * The Secret's entries, in Base64.
   *
   * @param existing those that are there, in Base64; a token among them stays, as running Pods have
   *     it
   */
  static Map<String, String> data(Map<String, String> existing, String caBundle) {
    Map<String, String> data = new TreeMap<>();
    String token = existing.get(JobResources.TOKEN);
    data.put(JobResources.TOKEN, token == null || token.isEmpty() ? base64(newToken()) : token);
    data.put(JobResources.CA_BUNDLE, base64(caBundle));
    return data;
  }

  private static String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
