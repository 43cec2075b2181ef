package io.litoperator.worker.data.shards;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.FilePattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lists the files of a source: one file; a folder, which stands for the files of a kind in it; or a
 * pattern in the last part of the path, such as {@code data/train-*.parquet}.
 */
public final class Shards {
  private Shards() {}

  /**
   * The files of a source in the order of their names, at least one.
   *
   * @param suffix of the files that a folder stands for, such as {@code .parquet}
   * @throws Failure INPUT_MISSING if there is none, or one cannot be read
   */
  public static List<Path> of(Path source, String suffix) {
    List<Path> files;
    if (Files.isDirectory(source)) {
      files = in(source, suffix);
    } else if (Files.exists(source) || !FilePattern.is(source)) {
      files = List.of(source);
    } else {
      files = matching(source.toAbsolutePath().getParent(), source.getFileName().toString());
    }
    if (files.isEmpty()) {
      throw missing("There are no files %s; correct the path.".formatted(shown(source, suffix)));
    }
    files.stream()
        .filter(file -> !Files.isRegularFile(file) || !Files.isReadable(file))
        .findFirst()
        .ifPresent(
            file -> {
              throw missing("%s is not there or cannot be read.".formatted(file));
            });
    return files;
  }

  /** The files of a kind in a folder, in the order of their names; maybe none. */
  public static List<Path> in(Path folder, String suffix) {
    return matching(folder, "*" + suffix);
  }

  private static List<Path> matching(Path folder, String pattern) {
    try {
      return FilePattern.matches(folder, pattern);
    } catch (IOException e) {
      throw missing("Folder %s is not there or cannot be opened.".formatted(folder));
    }
  }

  private static String shown(Path source, String suffix) {
    return Files.isDirectory(source) ? source + "/*" + suffix : source.toString();
  }

  private static Failure missing(String sentence) {
    return new Failure(ExitCode.INPUT_MISSING, sentence);
  }
}
