package io.litoperator.worker.cli;

import io.litoperator.worker.source.Downloads;
import io.litoperator.worker.source.Downloads.Use;
import java.nio.file.Path;
import java.util.Optional;

/** An argument that names a folder of this machine, of the hub ({@code hf://}) or of a bucket. */
final class SourceArgument {
  private SourceArgument() {}

  /**
   * The folder on this machine, to which it is brought if it is elsewhere.
   *
   * @param name of the argument, for messages
   * @throws io.litoperator.worker.failure.Failure if it is not there or cannot be got
   */
  static Path bring(Console console, String name, String value, Use use) {
    if (!Downloads.isElsewhere(value)) {
      return Path.of(value);
    }
    try (ByteProgress progress = ByteProgress.ofDownloads(console)) {
      return Downloads.into(Downloads.usersCache(System.getenv()), System.getenv(), progress)
          .copy(name, value, use, Optional.empty())
          .path();
    }
  }
}
