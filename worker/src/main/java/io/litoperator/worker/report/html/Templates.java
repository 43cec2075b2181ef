package io.litoperator.worker.report.html;

import com.samskivert.mustache.DefaultCollector;
import com.samskivert.mustache.Mustache;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/** Fills the HTML templates among the resources; every value is escaped but for triple braces. */
final class Templates {
  private final Mustache.Compiler compiler =
      Mustache.compiler()
          .emptyStringIsFalse(true)
          .withCollector(new OptionalsAsSections())
          .withLoader(name -> new StringReader(text(name + ".html")));

  /**
   * @param page a record whose components are the names in the template
   */
  String fill(String template, Object page) {
    return compiler.compile(text(template)).execute(page);
  }

  /** A resource's text. */
  String text(String name) {
    try (InputStream resource = Templates.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a page, and makes its folder where absent.
   *
   * @throws Failure STORAGE if the file cannot be written
   */
  static void write(Path file, String html) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, html);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "The page " + file + " cannot be written: " + e.getMessage() + ".", e);
    }
  }

  /** A section is shown once for an {@link Optional} that has a value, with that as context. */
  private static final class OptionalsAsSections extends DefaultCollector {
    @Override
    public Iterator<?> toIterator(Object value) {
      return value instanceof Optional<?> optional
          ? optional.stream().iterator()
          : super.toIterator(value);
    }
  }
}
