package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.net.URI;
import java.net.URISyntaxException;

/** Addresses of services, as environments have them. */
public final class Addresses {
  private Addresses() {}

  /**
   * @param variable that has it, for messages
   * @throws Failure {@code INVALID} if the value is no address
   */
  public static URI of(String variable, String value) {
    try {
      URI address = new URI(value.strip().replaceAll("/+$", ""));
      if (address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Failure(
        ExitCode.INVALID,
        "Environment variable %s is '%s', which is no address; write one such as https://host:9000."
            .formatted(variable, value));
  }
}
