package io.litoperator.images;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Shared objects of this machine, the dynamic loader among them.
 *
 * @param paths absolute, as the loader finds them
 */
record SharedObjects(SortedSet<Path> paths) {
  /**
   * Opened by name at run time, so that no program tells of them: name lookups of the C library,
   * its unwinder, and what libtorch is linked to. Older C libraries have the first two outside of
   * libc.so.6.
   */
  private static final List<String> OPENED_BY_NAME =
      List.of(
          "libnss_dns.so.2",
          "libnss_files.so.2",
          "libresolv.so.2",
          "libgcc_s.so.1",
          "libstdc++.so.6",
          "libdl.so.2",
          "libm.so.6",
          "libpthread.so.0",
          "librt.so.1",
          "libutil.so.1");

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  /** {@code libc.so.6 => /lib/libc.so.6 (0x…)}, or the loader's {@code /lib64/ld.so (0x…)}. */
  private static final Pattern FOUND =
      Pattern.compile("(?m)(?:^|=>)\\s*(/\\S+) \\(0x[0-9a-f]+\\)$");

  private static final Pattern MISSING = Pattern.compile("(\\S+) => not found");

  /**
   * All that the programs and libraries below a folder load, directly or not, from outside it.
   *
   * @throws IOException if a library is missing on this machine
   */
  static SharedObjects neededBy(Path folder) throws IOException, InterruptedException {
    List<Path> binaries = binariesBelow(folder);
    Set<String> own =
        binaries.stream().map(binary -> binary.getFileName().toString()).collect(toSet());
    SortedSet<Path> needed = new TreeSet<>();
    for (Path binary : binaries) {
      String ldd = Command.run(List.of("ldd", binary.toString()));
      for (String name : missing(ldd)) {
        if (!own.contains(name)) {
          throw new IOException(
              "%s needs %s, which this machine does not have: install it, or set image.jdk to a JDK"
                      .formatted(binary.getFileName(), name)
                  + " that brings it.");
        }
      }
      needed.addAll(found(ldd));
    }
    needed.removeIf(path -> path.startsWith(folder.toAbsolutePath()));
    needed.addAll(openedByName(needed));
    return new SharedObjects(needed);
  }

  /** Paths in what {@code ldd} prints. */
  static List<Path> found(String ldd) {
    return FOUND.matcher(ldd).results().map(line -> Path.of(line.group(1))).toList();
  }

  /** Names without a path in what {@code ldd} prints. */
  static List<String> missing(String ldd) {
    return MISSING.matcher(ldd).results().map(line -> line.group(1)).toList();
  }

  /** Copies each to its own path below another root. */
  void copyBelow(Path root) throws IOException {
    for (Path path : paths) {
      Path copy = root.resolve(path.getRoot().relativize(path));
      Files.createDirectories(copy.getParent());
      Files.copy(path.toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.createDirectories(root.resolve("tmp"));
  }

  private static List<Path> openedByName(SortedSet<Path> needed) {
    return needed.stream()
        .map(Path::getParent)
        .distinct()
        .flatMap(folder -> OPENED_BY_NAME.stream().map(folder::resolve))
        .filter(Files::exists)
        .toList();
  }

  private static List<Path> binariesBelow(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> Files.isExecutable(file) || file.toString().endsWith(".so"))
          .filter(SharedObjects::isElf)
          .toList();
    }
  }

  private static boolean isElf(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ELF.length), ELF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
