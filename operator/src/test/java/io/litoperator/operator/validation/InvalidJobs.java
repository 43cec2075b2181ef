package io.litoperator.operator.validation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of {@code examples/invalid}, and what their first lines ask for. */
final class InvalidJobs {
  private static final Path FOLDER = Path.of("../examples/invalid");
  private static final Pattern FIRST_LINE =
      Pattern.compile("# (refused|failed): ([^ :]+)(?:: (.+))?");

  private InvalidJobs() {}

  /**
   * @param admitted whether an API server takes the job, so that it fails later
   * @param field at fault
   * @param text that must be said; empty where the API server has words of its own
   */
  record InvalidJob(Path file, boolean admitted, String field, String text) {
    @Override
    public String toString() {
      return file.getFileName().toString();
    }
  }

  static Stream<InvalidJob> refused() {
    return all().filter(job -> !job.admitted());
  }

  static Stream<InvalidJob> failed() {
    return all().filter(InvalidJob::admitted);
  }

  private static Stream<InvalidJob> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(InvalidJobs::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InvalidJob read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      Matcher first = FIRST_LINE.matcher(lines.get(0));
      if (!first.matches()) {
        throw new IllegalStateException(file + " must begin with '# refused:' or '# failed:'");
      }
      String text = first.group(3) == null ? "" : first.group(3);
      return new InvalidJob(file, first.group(1).equals("failed"), first.group(2), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
