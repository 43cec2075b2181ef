package io.litoperator.worker.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code lit --version} prints; the build fills in its own version. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "%s (libtorch %s, Java %s)"
          .formatted(
              ofProgram(), build().getProperty("libtorch"), System.getProperty("java.version"))
    };
  }

  static String ofProgram() {
    return "lit " + build().getProperty("version");
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties in this program", e);
    }
    return build;
  }
}
