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
            Testbed.repository().resolve("images/operator/target/operator.tar"),
            Testbed.repository().resolve("images/worker-cpu/target/worker-cpu.tar"));
    for (Path archive : archives) {
      if (!Files.isRegularFile(archive)) {
        throw new IllegalStateException(
            archive + " is absent; add image.scratch to Maven's profiles.");
      }
    }
    return archives;
  }
}
