package io.litoperator.operator.resource;

import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * What every job's token is derived from: a job's Secret is never read, and one that is made anew,
 * by whichever replica, has the token that the job's Pods have already.
 */
public final class TokenKey {
  /** As many as the tokens have. */
  public static final int BYTES = 32;

  private final byte[] key;

  /**
   * @param key of {@link #BYTES} bytes
   */
  public TokenKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException("has %d bytes instead of %d".formatted(key.length, BYTES));
    }
    this.key = key.clone();
  }

  /** HMAC-SHA256 of the job's uid, in hexadecimal digits. */
  String token(String jobUid) {
    return new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key).hmacHex(jobUid);
  }
}
