package io.litoperator.worker.plan;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/** Paths whose last part is a pattern, such as {@code data/train-*.parquet}. */
public final class FilePattern {
  private FilePattern() {}

  /** Whether a path's last part is a pattern; a bracket that is not closed makes none. */
  public static boolean is(Path path) {
    String name = path.getFileName().toString();
    if (!name.matches(".*[*?\\[{].*")) {
      return false;
    }
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + name);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /**
   * What there is in a folder by a pattern, in the order of the names.
   *
   * @throws IOException if the folder cannot be read
   */
  public static List<Path> matches(Path folder, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
      files.forEach(found::add);
    }
    return found.stream().sorted().toList();
  }
}
