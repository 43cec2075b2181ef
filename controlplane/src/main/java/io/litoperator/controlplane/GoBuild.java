package io.litoperator.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
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
    Path folder = folder(binary);
    Path file = folder.resolve(binary.fileName());
    if (!Files.isExecutable(file)) {
      // Another thread or JVM may want the same program: the first builds, the others wait.
      synchronized (GoBuild.class) {
        buildOnce(binary, folder, file);
      }
    }
    return file;
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

  private void buildOnce(Binary binary, Path folder, Path file) {
    try {
      Files.createDirectories(folder);
      Path lockFile = folder.resolve(binary.fileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid() && !Files.isExecutable(file)) {
          build(binary, folder, file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The cache " + folder + " cannot be written.", e);
    }
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
      throw new IllegalStateException(
          "%s is neither in the folder that KUBEBUILDER_ASSETS names nor can it be built; install Go 1.25 or later, or set KUBEBUILDER_ASSETS."
              .formatted(binary.fileName()),
          e);
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
