package io.litoperator.e2e.cluster;

import io.litoperator.controlplane.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The image of every Pod's first container: one file. */
final class PauseImage {
  static final String NAME = "lit.test/pause:1";

  private PauseImage() {}

  /**
   * Writes an archive as {@code docker save} does.
   *
   * @param program what the container runs
   */
  static Path write(Path program, Path folder) {
    try {
      Path root = Files.createDirectories(folder.resolve("root"));
      Files.copy(program, root.resolve("pause"), StandardCopyOption.REPLACE_EXISTING);
      Command.run(
          "tar", "-C", root.toString(), "-cf", folder.resolve("layer.tar").toString(), "pause");
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/pause"]},
           "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
          """
              .formatted(sha256(folder.resolve("layer.tar"))));
      Files.writeString(
          folder.resolve("manifest.json"),
          """
          [{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]
          """
              .formatted(NAME));
      Path archive = folder.resolve("pause.tar");
      Command.run(
          "tar",
          "-C",
          folder.toString(),
          "-cf",
          archive.toString(),
          "manifest.json",
          "config.json",
          "layer.tar");
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
