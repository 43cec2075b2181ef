package io.litoperator.controlplane;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the programs are. A folder that {@code KUBEBUILDER_ASSETS} names comes first, as for other
 * projects' tests; then the cache, {@code -Dlit.binaries=DIR} or {@code
 * ${XDG_CACHE_HOME:-~/.cache}/lit-operator}, into which what is missing is built by Go.
 */
public final class Binaries {
  private final Optional<Path> assets;
  private final GoBuild build;

  private Binaries(Optional<Path> assets, GoBuild build) {
    this.assets = assets;
    this.build = build;
  }

  /** Those of this machine and user. */
  public static Binaries ofThisMachine() {
    Optional<Path> assets =
        Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS"))
            .filter(folder -> !folder.isBlank())
            .map(Path::of);
    return new Binaries(assets, new GoBuild(cache(), KubernetesVersion.chosen()));
  }

  /**
   * The program's file. Building it the first time takes minutes and an internet connection or a Go
   * module proxy.
   *
   * @throws IllegalStateException if it is nowhere and cannot be built
   */
  public Path path(Binary binary) {
    return assets
        .map(folder -> folder.resolve(binary.fileName()))
        .filter(Files::isExecutable)
        .orElseGet(() -> build.path(binary));
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
