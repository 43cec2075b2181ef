package io.litoperator.e2e.scenario;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** A token that was good once. The API server gives none that is so soon over, so we sign it. */
final class ExpiredToken {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration AGO = Duration.ofHours(2);

  private ExpiredToken() {}

  /**
   * The same token, given two hours earlier.
   *
   * @param signingKey the API server's
   */
  static String like(String token, Path signingKey) throws IOException, GeneralSecurityException {
    String[] parts = token.split("\\.");
    ObjectNode claims = (ObjectNode) JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
    for (String time : List.of("iat", "nbf", "exp")) {
      claims.put(time, claims.get(time).longValue() - AGO.toSeconds());
    }
    String content = parts[0] + "." + base64(JSON.writeValueAsBytes(claims));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(read(signingKey));
    signature.update(content.getBytes(StandardCharsets.US_ASCII));
    return content + "." + base64(signature.sign());
  }

  private static PrivateKey read(Path pem) throws IOException, GeneralSecurityException {
    String content = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    byte[] key = Base64.getMimeDecoder().decode(content);
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
