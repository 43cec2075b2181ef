package io.litoperator.e2e.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The images under test, as {@code mvn -Pimage.scratch package} leaves them. */
final class Images {
  private Images() {}

  /**
   * @throws IllegalStateException if one is absent
   */
  static List<Path> archives() {
    List<Path> archives =
        List.of(
            Testbed.repository().resolve("operator/target/operator-image.tar"),
            Testbed.repository().resolve("worker/target/worker-cpu-image.tar"));
    for (Path archive : archives) {
      if (!Files.isRegularFile(archive)) {
        throw new IllegalStateException(
            archive + " is absent; add -Pimage.scratch to the Maven command.");
      }
    }
    return archives;
  }
}
