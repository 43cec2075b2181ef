package io.litoperator.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds programs from this package's Go modules, once for each state of these modules. */
final class GoBuild {
  private static final Logger LOG = LoggerFactory.getLogger(GoBuild.class);
  private static final List<String> SOURCES = List.of("go.mod", "go.sum", "main.go");

  private final Path cache;
  private final KubernetesVersion version;

  GoBuild(Path cache, KubernetesVersion version) {
    this.cache = cache;
    this.version = version;
  }

  /** The program in the cache; builds it first where it is absent. */
  Path path(Binary binary) {
    return found(binary).orElseGet(() -> built(binary));
  }

  /** The program, if it was built before. */
  Optional<Path> found(Binary binary) {
    return Optional.of(file(binary)).filter(Files::isExecutable);
  }

  /** The folder of a module that the program is built from, in Go's cache of modules. */
  Path sources(Binary binary, String goModule) {
    String module = folder(binary).resolve("src").toString();
    // The file that pins it is there since the program was built.
    path(binary);
    Command.run("go", "-C", module, "mod", "download", goModule);
    return Path.of(
        Command.run("go", "-C", module, "list", "-m", "-f", "{{.Dir}}", goModule).strip());
  }

  private Path folder(Binary binary) {
    return cache.resolve(binary.module(version) + "-" + digest(binary));
  }

  private Path file(Binary binary) {
    return folder(binary).resolve(binary.fileName());
  }

  private Path built(Binary binary) {
    Path file = file(binary);
    CacheLock.hold(
        file.resolveSibling(file.getFileName() + ".lock"),
        () -> {
          if (!Files.isExecutable(file)) {
            build(binary, file.getParent(), file);
          }
        });
    return file;
  }

  private void build(Binary binary, Path folder, Path file) throws IOException {
    LOG.info("Building {} with Go; the first time this takes minutes.", binary.fileName());
    Path sources = folder.resolve("src");
    Files.createDirectories(sources);
    for (String name : SOURCES) {
      try (InputStream source = open(binary, name)) {
        if (source != null) {
          Files.copy(source, sources.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Path unfinished = folder.resolve(binary.fileName() + ".new");
    try {
      Command.run(
          "env",
          "CGO_ENABLED=0",
          "go",
          "-C",
          sources.toString(),
          "build",
          "-buildvcs=false",
          "-trimpath",
          "-p=2",
          "-ldflags=" + String.join(" ", Binary.linkerFlags(version)),
          "-o",
          unfinished.toString(),
          binary.goPackage());
    } catch (IllegalStateException | UncheckedIOException e) {
      throw Binaries.unavailable(binary, "built", e);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private String digest(Binary binary) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String name : SOURCES) {
        try (InputStream source = open(binary, name)) {
          if (source != null) {
            sha256.update(source.readAllBytes());
          }
        }
      }
      return HexFormat.of().formatHex(sha256.digest(), 0, 6);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private InputStream open(Binary binary, String name) {
    return GoBuild.class.getResourceAsStream("go/" + binary.module(version) + "/" + name);
  }
}
