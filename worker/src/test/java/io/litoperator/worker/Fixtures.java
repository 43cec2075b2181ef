package io.litoperator.worker;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Where the reference numbers are: {@code -Dlit.fixtures=DIR}, or the test resources. */
public final class Fixtures {
  private Fixtures() {}

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
