package io.litoperator.chart;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The chart as Helm sees it. */
final class Chart {
  static final Path FOLDER = Path.of("lit-operator");

  private Chart() {}

  /**
   * What {@code helm install lit-operator -n lit-system} would apply.
   *
   * @param values YAML, over those of values.yaml
   * @throws IllegalStateException if Helm refuses them
   */
  static Manifests render(String values) {
    Path file = null;
    try {
      file = Files.createTempFile("values", ".yaml");
      Files.writeString(file, values);
      return Manifests.parse(
          new Helm(FOLDER)
              .template()
              .withName("lit-operator")
              .withNamespace("lit-system")
              .withKubeVersion("v1.30.0")
              .withValuesFile(file)
              .call());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
