package io.litoperator.worker.run;

import java.nio.file.Path;

final class Export {
  static void run(Path a, Path b) {}
}
