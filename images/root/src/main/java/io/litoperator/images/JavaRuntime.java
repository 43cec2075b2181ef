package io.litoperator.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A Java runtime of the modules that the operator and the worker use. */
final class JavaRuntime {
  /** Beyond the platform's own: naming for DNS, jcmd for evidence, and what Netty and DJL reach. */
  private static final List<String> MODULES =
      List.of(
          "java.se",
          "jdk.crypto.ec",
          "jdk.jcmd",
          "jdk.jfr",
          "jdk.management",
          "jdk.naming.dns",
          "jdk.net",
          "jdk.unsupported",
          "jdk.zipfs");

  /** They need X11; image decoding and drawing do without. */
  private static final String GRAPHICAL =
      "glob:**/libawt_xawt.so,glob:**/libjawt.so,glob:**/libsplashscreen.so";

  private JavaRuntime() {}

  /**
   * Links a runtime, in place of what the folder holds.
   *
   * @param jdk home of the JDK to take it from
   * @return the folder
   */
  static Path link(Path jdk, Path folder) throws IOException, InterruptedException {
    delete(folder);
    Files.createDirectories(folder.getParent());
    Command.run(
        List.of(
            jdk.resolve("bin/jlink").toString(),
            "--add-modules",
            String.join(",", MODULES),
            "--exclude-files",
            GRAPHICAL,
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            folder.toString()));
    copyCertificates(jdk, folder);
    shareClasses(folder);
    return folder;
  }

  /** Where a distribution keeps them outside of the JDK, jlink leaves them out. */
  private static void copyCertificates(Path jdk, Path runtime) throws IOException {
    Path certificates = Path.of("lib/security/cacerts");
    Path copy = runtime.resolve(certificates);
    Files.createDirectories(copy.getParent());
    Files.copy(jdk.resolve(certificates).toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes the archive of the platform's classes, which halves the time to start. */
  private static void shareClasses(Path runtime) throws IOException, InterruptedException {
    Command.run(List.of(runtime.resolve("bin/java").toString(), "-Xshare:dump"));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> tree = Files.walk(folder)) {
      paths = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
