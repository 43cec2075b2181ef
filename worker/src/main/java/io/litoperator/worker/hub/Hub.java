package io.litoperator.worker.hub;

import io.litoperator.api.job.HubPath;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Progress;
import io.litoperator.worker.transfer.Retries;
import io.litoperator.worker.transfer.Transient;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Brings repositories of the hub to this machine, where they are not yet. */
public final class Hub {
  private static final int FILES_AT_ONCE = 8;

  private final HubSettings settings;
  private final HubCache cache;
  private final HubClient client;
  private final BlobDownload download;
  private final Retries retries;

  public Hub(HubSettings settings, Retries retries) {
    this.settings = settings;
    this.retries = retries;
    this.cache = new HubCache(settings.cache());
    this.client = new HubClient(settings);
    this.download = new BlobDownload(client, cache);
  }

  /**
   * What was brought.
   *
   * @param path what the source names, on this machine; a pattern stays one
   * @param commit that the source's revision was
   */
  public record Fetched(Path path, String commit) {}

  /** Which files of a source are wanted. */
  @FunctionalInterface
  public interface Selection {
    /**
     * @param paths of all files that the source names, below its path; the name alone where it
     *     names a file
     */
    List<String> of(List<String> paths);
  }

  /**
   * Brings what a source names, or finds it in the cache.
   *
   * @param commit that its revision was before, if that is to stay so
   * @throws HubFault if the hub does not have it or does not give it, or if only the cache may be
   *     used and does not have it
   * @throws Transient if the hub cannot be reached
   */
  public Fetched fetch(
      HubPath source, Optional<String> commit, Selection selection, Progress progress)
      throws IOException {
    return settings.offline()
        ? cached(source, commit, selection)
        : fetched(source, commit.isPresent() ? commit.get() : commit(source), selection, progress);
  }

  private String commit(HubPath source) throws IOException {
    return retries.call(() -> client.commit(source));
  }

  private Fetched fetched(HubPath source, String commit, Selection selection, Progress progress)
      throws IOException {
    List<HubFile> all = named(source, commit);
    if (all.isEmpty()) {
      throw missing(source, settings.endpoint().toString());
    }
    Set<String> wanted =
        Set.copyOf(selection.of(all.stream().map(file -> below(source, file.path())).toList()));
    List<HubFile> lacking = new ArrayList<>();
    for (HubFile file : all) {
      if (wanted.contains(below(source, file.path())) && !cache.has(source, commit, file)) {
        lacking.add(file);
      }
    }
    bring(source, commit, lacking, progress);
    cache.keepCommit(source, commit);
    return new Fetched(cache.snapshot(source, commit).resolve(source.path()), commit);
  }

  private List<HubFile> named(HubPath source, String commit) throws IOException {
    if (source.path().isEmpty()) {
      return list(source, commit, "", true).files();
    }
    String parent = parent(source);
    HubClient.Listing there = list(source, commit, parent, false);
    if (there.folders().contains(source.path())) {
      return list(source, commit, source.path(), true).files();
    }
    PathMatcher matcher = matcher(source);
    return there.files().stream().filter(file -> matcher.matches(Path.of(file.path()))).toList();
  }

  private HubClient.Listing list(HubPath source, String commit, String folder, boolean deep)
      throws IOException {
    return retries.call(() -> client.list(source, commit, folder, deep));
  }

  private static String parent(HubPath source) {
    int slash = source.path().lastIndexOf('/');
    return slash < 0 ? "" : source.path().substring(0, slash);
  }

  /** Of the path itself, or of the pattern that its last part is. */
  private static PathMatcher matcher(HubPath source) {
    Path path = Path.of(source.path());
    try {
      PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + source.path());
      return other -> other.equals(path) || pattern.matches(other);
    } catch (PatternSyntaxException e) {
      return path::equals;
    }
  }

  /** A file's path below that of its source. */
  private static String below(HubPath source, String path) {
    if (source.path().isEmpty()) {
      return path;
    }
    return path.startsWith(source.path() + "/")
        ? path.substring(source.path().length() + 1)
        : path.substring(path.lastIndexOf('/') + 1);
  }

  /** Of files with the same content, a blob is brought once. */
  private void bring(HubPath source, String commit, List<HubFile> files, Progress progress)
      throws IOException {
    Collection<List<HubFile>> blobs =
        files.stream()
            .collect(
                Collectors.groupingBy(HubFile::digest, LinkedHashMap::new, Collectors.toList()))
            .values();
    long bytes = blobs.stream().mapToLong(same -> same.get(0).size()).sum();
    requireRoom(source, bytes);
    Meter meter = new Meter(source.toString(), bytes, progress);
    Parallel.each(blobs, FILES_AT_ONCE, same -> bring(source, commit, same, meter));
  }

  private void bring(HubPath source, String commit, List<HubFile> same, Meter meter)
      throws IOException {
    HubFile first = same.get(0);
    cache
        .lock(source, first)
        .holding(
            () -> {
              retries.call(
                  () -> {
                    download.run(source, commit, first, meter);
                    return null;
                  });
              for (HubFile file : same) {
                cache.link(source, commit, file);
              }
              return null;
            });
  }

  private void requireRoom(HubPath source, long bytes) throws IOException {
    Files.createDirectories(settings.cache());
    long free = Files.getFileStore(settings.cache()).getUsableSpace();
    if (free < bytes) {
      throw new HubFault(
          ExitCode.STORAGE,
          String.format(
              Locale.ROOT,
              "%s needs %.1f GB and %s has %.1f GB free; make room, or set HF_HOME",
              source,
              bytes * 1e-9,
              settings.cache(),
              free * 1e-9));
    }
  }

  private Fetched cached(HubPath source, Optional<String> pinned, Selection selection)
      throws IOException {
    Optional<String> commit = pinned.isPresent() ? pinned : cache.commit(source);
    Path snapshot =
        commit.map(c -> cache.snapshot(source, c)).filter(Files::isDirectory).orElse(null);
    if (snapshot == null) {
      throw notCached(source);
    }
    List<String> paths = pathsBelow(snapshot, source);
    if (paths.isEmpty()) {
      throw notCached(source);
    }
    selection.of(paths.stream().map(path -> below(source, path)).toList());
    return new Fetched(snapshot.resolve(source.path()), commit.get());
  }

  private static List<String> pathsBelow(Path snapshot, HubPath source) throws IOException {
    PathMatcher matcher = matcher(source);
    try (Stream<Path> files = Files.walk(snapshot)) {
      return files
          .filter(Files::isRegularFile)
          .map(snapshot::relativize)
          .filter(
              path ->
                  source.path().isEmpty()
                      || path.startsWith(source.path())
                      || matcher.matches(path))
          .map(Path::toString)
          .toList();
    }
  }

  private HubFault notCached(HubPath source) {
    return new HubFault(
        ExitCode.INPUT_MISSING,
        "%s is not in %s, and HF_HUB_OFFLINE is set; unset it, or get it there before"
            .formatted(source, settings.cache()));
  }

  private static HubFault missing(HubPath source, String where) {
    return new HubFault(
        ExitCode.INPUT_MISSING,
        "%s has no %s at %s; correct the path"
            .formatted(
                source.repository(), source.path().isEmpty() ? "files" : source.path(), where));
  }
}
