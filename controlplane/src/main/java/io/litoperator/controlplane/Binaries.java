package io.litoperator.controlplane;

import io.fabric8.kubeapitest.KubeAPITestException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the programs are. A folder that {@code KUBEBUILDER_ASSETS} names comes first, as for other
 * projects' tests; then the cache, {@code -Dlit.binaries=DIR} or {@code
 * ${XDG_CACHE_HOME:-~/.cache}/lit-operator}, into which what is missing is built by Go, or, where
 * there is no Go, downloaded if envtest has it.
 */
public final class Binaries {
  private final Optional<Path> assets;
  private final GoBuild build;
  private final EnvtestArchive archive;
  private final boolean hasGo;

  /**
   * @param assets folder of programs that come first
   * @param hasGo whether anything can be built
   */
  Binaries(Optional<Path> assets, Path cache, KubernetesVersion version, boolean hasGo) {
    this.assets = assets;
    this.build = new GoBuild(cache, version);
    this.archive = new EnvtestArchive(cache, version);
    this.hasGo = hasGo;
  }

  /** Those of this machine and user. */
  public static Binaries ofThisMachine() {
    Optional<Path> assets =
        Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS"))
            .filter(folder -> !folder.isBlank())
            .map(Path::of);
    return new Binaries(assets, cache(), KubernetesVersion.chosen(), hasGo());
  }

  /**
   * The program's file. Building it the first time takes minutes and an internet connection or a Go
   * module proxy; downloading it, a connection to GitHub.
   *
   * @throws IllegalStateException if it is nowhere and can neither be built nor downloaded
   */
  public Path path(Binary binary) {
    return assets
        .map(folder -> folder.resolve(binary.fileName()))
        .filter(Files::isExecutable)
        .or(() -> build.found(binary))
        .orElseGet(() -> hasGo ? build.path(binary) : downloaded(binary));
  }

  private Path downloaded(Binary binary) {
    if (!EnvtestArchive.has(binary)) {
      throw unavailable(binary, "downloaded", null);
    }
    try {
      return archive.path(binary);
    } catch (KubeAPITestException e) {
      throw unavailable(binary, "downloaded", e);
    }
  }

  /**
   * @param made what it cannot be
   * @param cause null without one
   */
  static IllegalStateException unavailable(Binary binary, String made, RuntimeException cause) {
    return new IllegalStateException(
        "%s is neither in the folder that KUBEBUILDER_ASSETS names nor can it be %s; install Go 1.25 or later, or set KUBEBUILDER_ASSETS."
            .formatted(binary.fileName(), made),
        cause);
  }

  /**
   * The folder of a Go module that a program is built from, with all files of its release; it must
   * not be written to.
   *
   * @param goModule as Go names it
   * @throws IllegalStateException if it cannot be had
   */
  public Path sources(Binary binary, String goModule) {
    return build.sources(binary, goModule);
  }

  private static boolean hasGo() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .map(folder -> Path.of(folder, "go"))
        .anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
  }

  private static Path cache() {
    String chosen = System.getProperty("lit.binaries", "");
    if (!chosen.isEmpty()) {
      return Path.of(chosen).toAbsolutePath();
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path caches =
        xdg == null || xdg.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return caches.resolve("lit-operator");
  }
}
