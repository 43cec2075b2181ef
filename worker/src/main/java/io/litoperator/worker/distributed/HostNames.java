package io.litoperator.worker.distributed;

import java.security.Security;

/** Where other machines' names lead. */
public final class HostNames {
  private HostNames() {}

  /**
   * A Pod's name leads nowhere until its record is there, and to another place after it was
   * replaced; Java would remember either for seconds. To be called before any name is looked up.
   */
  public static void areSoonForgotten() {
    // These settings are no system properties.
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.ttl", "1");
  }
}
