package io.litoperator.e2e.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A file beside this class with {@code ${names}} for what differs. */
final class Template {
  private Template() {}

  /**
   * Writes the file with each name replaced.
   *
   * @throws IllegalStateException if a name is left
   */
  static Path write(String name, Path to, Map<String, ?> values) {
    try (InputStream source = Template.class.getResourceAsStream(name)) {
      String text = new String(source.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, ?> value : values.entrySet()) {
        text = text.replace("${" + value.getKey() + "}", value.getValue().toString());
      }
      if (text.contains("${")) {
        throw new IllegalStateException(name + " has a name that nothing replaces:\n" + text);
      }
      Files.createDirectories(to.getParent());
      return Files.writeString(to, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
