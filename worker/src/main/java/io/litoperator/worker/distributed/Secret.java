package io.litoperator.worker.distributed;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The job's secret, which agents and ranks prove to each other before they talk. It never travels:
 * each side sends a random challenge and answers the other's with a keyed digest (HMAC-SHA256) of
 * both challenges and of a statement that says who speaks and what for, so that a proof cannot be
 * replayed in another place.
 */
public final class Secret {
  /** Length of a challenge and of a proof, in bytes. */
  static final int PROOF_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  private Secret(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** A new secret of 256 random bits. */
  public static Secret random() {
    return new Secret(challenge());
  }

  /**
   * The secret that {@link #hex} wrote.
   *
   * @throws IllegalArgumentException if the text is not hexadecimal or empty
   */
  public static Secret ofHex(String hex) {
    return new Secret(HexFormat.of().parseHex(hex));
  }

  /** For handing the secret to a process that is to know it; never to be logged. */
  public String hex() {
    return HexFormat.of().formatHex(key.getEncoded());
  }

  /** Random bytes that the other side has to answer. */
  public static byte[] challenge() {
    byte[] challenge = new byte[PROOF_BYTES];
    new SecureRandom().nextBytes(challenge);
    return challenge;
  }

  /**
   * Shows that this side knows the secret.
   *
   * @param statement who speaks and what for; must be the one that the other side expects
   * @param accepting challenge of the side that listened
   * @param connecting challenge of the side that connected
   */
  public byte[] prove(String statement, byte[] accepting, byte[] connecting) {
    Mac mac = mac();
    mac.update(accepting);
    mac.update(connecting);
    return mac.doFinal(statement.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the other side's proof shows that it knows the secret. */
  public boolean accepts(byte[] proof, String statement, byte[] accepting, byte[] connecting) {
    return accepting.length == PROOF_BYTES
        && connecting.length == PROOF_BYTES
        && MessageDigest.isEqual(prove(statement, accepting, connecting), proof);
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
    }
  }
}
