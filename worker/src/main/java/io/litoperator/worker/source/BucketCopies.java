package io.litoperator.worker.source;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.plan.SourceCopy;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.BucketFault;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Copies of objects: {@code bucket/key} in a folder, with the time at which the object was written.
 * One whose size or time differ is brought anew, as {@code aws s3 sync} does it.
 */
record BucketCopies(Path folder, Function<String, Bucket> buckets) {
  private static final int OBJECTS_AT_ONCE = 16;

  /** There is no such thing, or not for these credentials. */
  static final class Missing extends IOException {
    Missing(String message, Throwable cause) {
      super(message, cause);
    }
  }

  SourceCopy copy(
      String named, BucketPath source, UnaryOperator<List<String>> selection, Progress progress)
      throws IOException {
    Bucket bucket = buckets.apply(source.bucket());
    Map<String, StoredObject> objects = new HashMap<>();
    try {
      for (StoredObject object : bucket.list(commonPrefix(source))) {
        below(source, object.key()).ifPresent(path -> objects.put(path, object));
      }
    } catch (BucketFault e) {
      throw new Missing(e.getMessage(), e);
    }
    if (objects.isEmpty()) {
      throw new Missing("there is nothing at %s; correct it".formatted(source), null);
    }
    List<String> wanted = selection.apply(objects.keySet().stream().sorted().toList());
    bring(source, bucket, wanted.stream().map(objects::get).toList(), progress);
    removeOthers(source, objects.values());
    return new SourceCopy(
        named, folder.resolve(source.bucket()).resolve(source.key()), source.toString());
  }

  /** What all keys begin with that the source names, itself or by a pattern. */
  private static String commonPrefix(BucketPath source) {
    String parent = source.key().substring(0, source.key().lastIndexOf('/') + 1);
    return source.key().matches(".*[*?\\[{].*") ? parent : source.key();
  }

  /** A key's path below the source, the name alone where it is an object; empty if not of it. */
  private static Optional<String> below(BucketPath source, String key) {
    if (key.endsWith("/")) {
      return Optional.empty();
    }
    if (source.key().isEmpty()) {
      return Optional.of(key);
    }
    if (key.startsWith(source.key() + "/")) {
      return Optional.of(key.substring(source.key().length() + 1));
    }
    return key.equals(source.key()) || matches(source, key)
        ? Optional.of(key.substring(key.lastIndexOf('/') + 1))
        : Optional.empty();
  }

  private static boolean matches(BucketPath source, String key) {
    try {
      PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + source.key());
      return pattern.matches(Path.of(key));
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private void bring(
      BucketPath source, Bucket bucket, List<StoredObject> objects, Progress progress)
      throws IOException {
    List<StoredObject> lacking = new ArrayList<>();
    for (StoredObject object : objects) {
      if (!isHere(source, object)) {
        lacking.add(object);
      }
    }
    Meter meter =
        new Meter(
            source.toString(), lacking.stream().mapToLong(StoredObject::size).sum(), progress);
    Parallel.each(lacking, OBJECTS_AT_ONCE, object -> bring(source, bucket, object, meter));
  }

  private boolean isHere(BucketPath source, StoredObject object) throws IOException {
    Path file = file(source, object);
    return Files.isRegularFile(file)
        && Files.size(file) == object.size()
        && Files.getLastModifiedTime(file).toMillis() == object.modified().toEpochMilli();
  }

  private void bring(BucketPath source, Bucket bucket, StoredObject object, Meter meter)
      throws IOException {
    Path file = file(source, object);
    Path unfinished = folder.resolve(".unfinished").resolve(UUID.randomUUID().toString());
    Files.createDirectories(file.getParent());
    Files.createDirectories(unfinished.getParent());
    try {
      bucket.download(object.key(), object.size(), unfinished, meter);
      Files.setLastModifiedTime(unfinished, FileTime.from(object.modified()));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (BucketFault e) {
      throw new Missing(e.getMessage(), e);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private Path file(BucketPath source, StoredObject object) throws IOException {
    Path root = folder.resolve(source.bucket());
    Path file = root.resolve(object.key()).normalize();
    if (!file.startsWith(root)) {
      throw new IOException("the key %s leads out of its bucket's folder".formatted(object.key()));
    }
    return file;
  }

  /** Whoever reads a folder takes all that is in it, so what was removed there goes here too. */
  private void removeOthers(BucketPath source, Iterable<StoredObject> objects) throws IOException {
    Path root = folder.resolve(source.bucket()).resolve(source.key());
    if (!Files.isDirectory(root)) {
      return;
    }
    List<Path> there = new ArrayList<>();
    for (StoredObject object : objects) {
      there.add(file(source, object));
    }
    Set<Path> kept = Set.copyOf(there);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).collect(Collectors.toList())) {
        if (!kept.contains(file)) {
          Files.delete(file);
        }
      }
    }
  }
}
