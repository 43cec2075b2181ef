package io.litoperator.worker.checkpoint;

import io.litoperator.api.job.BucketPath;
import io.litoperator.worker.s3.Bucket;
import io.litoperator.worker.s3.StoredObject;
import io.litoperator.worker.transfer.Meter;
import io.litoperator.worker.transfer.Parallel;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * In a job's folder of a bucket.
 *
 * @param progress told of what is delivered
 */
record BucketFiles(Bucket bucket, BucketPath jobFolder, Progress progress) implements SmallFiles {
  @Override
  public String name(String file) {
    return jobFolder + "/" + file;
  }

  @Override
  public Optional<byte[]> read(String file) throws IOException {
    return bucket.read(key(file));
  }

  @Override
  public boolean fetch(String file, Path local) throws IOException {
    Optional<StoredObject> there =
        bucket.list(key(file)).stream().filter(object -> object.key().equals(key(file))).findAny();
    if (there.isEmpty()) {
      return false;
    }
    Meter received = new Meter("fetching " + file, there.get().size(), progress);
    bucket.download(key(file), there.get().size(), local, received);
    return true;
  }

  /** Objects cannot grow. What is sent must not do so meanwhile, so that it is copied before. */
  @Override
  public void follow(Path local, String file, long kept, long length) throws IOException {
    Path still = local.resolveSibling("." + local.getFileName() + ".sent");
    try {
      Files.copy(local, still, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel copy = FileChannel.open(still, StandardOpenOption.WRITE)) {
        copy.truncate(length);
      }
      bucket.upload(still, key(file), new Meter("sending " + file, length, progress));
    } finally {
      Files.deleteIfExists(still);
    }
  }

  @Override
  public void write(String file, byte[] content) throws IOException {
    bucket.write(key(file), content);
  }

  @Override
  public boolean create(String file, byte[] content) throws IOException {
    return bucket.create(key(file), content);
  }

  @Override
  public boolean replace(String file, Optional<byte[]> before, byte[] content) throws IOException {
    return bucket.replace(key(file), before, content);
  }

  void delete(String file) throws IOException {
    bucket.delete(key(file));
  }

  @Override
  public void deliver(Path local, String name, List<String> last) throws IOException {
    if (!Files.exists(local)) {
      return;
    }
    List<Path> files = files(local);
    long total = 0;
    for (Path file : files) {
      total += Files.size(file);
    }
    Meter sent = new Meter("sending " + name, total, progress);
    List<Path> completing = last.stream().map(local::resolve).toList();
    for (Path file : completing) {
      delete(below(name, local, file));
    }
    Parallel.each(
        files.stream().filter(file -> !completing.contains(file)).toList(),
        BucketCheckpoints.TRANSFERS,
        file -> bucket.upload(file, key(below(name, local, file)), sent));
    for (Path file : completing) {
      if (files.contains(file)) {
        bucket.upload(file, key(below(name, local, file)), sent);
      }
    }
  }

  private static String below(String name, Path folder, Path file) {
    String below = folder.relativize(file).toString();
    return below.isEmpty() ? name : name + "/" + below;
  }

  private static List<Path> files(Path local) throws IOException {
    try (Stream<Path> all = Files.walk(local)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private String key(String file) {
    return jobFolder.key() + "/" + file;
  }
}
