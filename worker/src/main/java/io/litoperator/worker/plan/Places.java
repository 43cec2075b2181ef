package io.litoperator.worker.plan;

import io.litoperator.api.job.ClaimPath;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the paths in a job lead.
 *
 * @param folder that relative paths are resolved against
 * @param claims folder in which each claim is mounted under its name
 * @param templates file of the task templates that a job has in a ConfigMap
 * @param copies of the sources that are elsewhere
 */
public record Places(Path folder, Path claims, Path templates, List<SourceCopy> copies) {
  /** Beside the job in a Pod. */
  public static final String TEMPLATES_FILE = "templates.txt";

  public Places {
    folder = folder.toAbsolutePath();
    copies = List.copyOf(copies);
  }

  public Places(Path folder, Path claims, Path templates) {
    this(folder, claims, templates, List.of());
  }

  public Places with(List<SourceCopy> others) {
    return new Places(folder, claims, templates, others);
  }

  /** Relative to a folder; the rest is where Pods have it. */
  public static Places of(Path folder) {
    return new Places(
        folder, Path.of(ClaimPath.mountPath("")), Path.of("/etc/lit", TEMPLATES_FILE));
  }

  public Places withClaims(Path others) {
    return new Places(folder, others, templates, copies);
  }

  /** The absolute path of a source: of a copy, of {@code pvc://claim/path}, or of a path. */
  public Path resolve(String source) {
    return copies.stream()
        .filter(copy -> copy.source().equals(source))
        .map(SourceCopy::path)
        .findFirst()
        .orElseGet(() -> here(source));
  }

  private Path here(String source) {
    return ClaimPath.parse(source)
        .map(claim -> claims.resolve(claim.claim()).resolve(claim.path()))
        .orElseGet(() -> folder.resolve(source))
        .normalize();
  }

  /** How a job names a place: {@code pvc://claim/path} on a claim, else as it is. */
  public String name(String place) {
    return !place.contains("://") && Path.of(place).startsWith(claims)
        ? "pvc://" + claims.relativize(Path.of(place))
        : place;
  }
}
