package io.litoperator.worker;

import io.litoperator.worker.torch.Device;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the reference numbers are: {@code -Dlit.fixtures=DIR}, or the test resources. And what they
 * are compared on: the CPU, or with {@code -Dlit.device=cuda} the first GPU.
 */
public final class Fixtures {
  private Fixtures() {}

  public static Device device() {
    return "cuda".equals(System.getProperty("lit.device")) ? Device.cuda(0) : Device.CPU;
  }

  /** Folder with {@code models}, {@code steps}, {@code generate}, {@code tokenizers}, … */
  public static Path root() {
    String given = System.getProperty("lit.fixtures");
    if (given != null && !given.isBlank()) {
      return Path.of(given);
    }
    try {
      URI resource =
          Objects.requireNonNull(Fixtures.class.getResource("/fixtures"), "no fixtures").toURI();
      return Path.of(resource);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
