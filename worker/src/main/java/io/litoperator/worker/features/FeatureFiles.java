package io.litoperator.worker.features;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Features of pictures on disk, a file each, found by what computed them and by the picture. Any
 * number of processes may read and write: a file is there whole or not at all. One whose checksum
 * is wrong counts as absent. A thread of its own writes them, so that whoever computes them does
 * not wait for the disk.
 *
 * <p>They only save time. So a folder that cannot be written to ends nothing: it is told once.
 */
public final class FeatureFiles implements AutoCloseable {
  /** Pictures whose features wait for the disk; whoever brings more writes them itself. */
  private static final int WAITING = 8;

  private final Path folder;
  private final Consumer<String> notices;
  private final AtomicBoolean told = new AtomicBoolean();
  private final ExecutorService writer =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          FeatureFiles::thread,
          new ThreadPoolExecutor.CallerRunsPolicy());

  /**
   * @param folder for those of all towers; made where absent
   * @param tower digest of all that the features depend on besides the picture
   * @param notices told, in a sentence, what cannot be kept; from any thread
   */
  public FeatureFiles(Path folder, String tower, Consumer<String> notices) {
    this.folder = folder.resolve(tower);
    this.notices = notices;
  }

  /**
   * Fills a buffer's rest with a picture's features; leaves its position as it is.
   *
   * @return false if they are not there in this size; the buffer's content is then undefined
   */
  public boolean read(String picture, ByteBuffer into) {
    ByteBuffer content = into.duplicate();
    ByteBuffer checksum = ByteBuffer.allocate(Long.BYTES);
    try (FileChannel file = FileChannel.open(file(picture))) {
      if (file.size() != content.remaining() + Long.BYTES) {
        return false;
      }
      fill(file, content);
      fill(file, checksum);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      tell("read", e);
      return false;
    }
    return checksum.flip().getLong() == checksum(into);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "features");
    thread.setDaemon(true);
    return thread;
  }

  /** Keeps a picture's features, soon: a copy of a buffer's rest, whose position stays as it is. */
  public void write(String picture, ByteBuffer features) {
    if (told.get()) {
      return;
    }
    ByteBuffer copy = ByteBuffer.allocate(features.remaining()).put(features.duplicate()).flip();
    writer.execute(() -> writeNow(picture, copy));
  }

  /** Returns when all is written that was to be kept, or when its thread is interrupted. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeNow(String picture, ByteBuffer features) {
    Path file = file(picture);
    Path partial = file.resolveSibling("." + UUID.randomUUID());
    try {
      Files.createDirectories(file.getParent());
      try {
        write(partial, features);
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      tell("written", e);
    }
  }

  private static void write(Path partial, ByteBuffer features) throws IOException {
    ByteBuffer content = features.duplicate();
    ByteBuffer checksum = ByteBuffer.allocate(Long.BYTES).putLong(checksum(features)).flip();
    try (FileChannel channel =
        FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.write(checksum);
    }
  }

  private static void fill(FileChannel file, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining() && file.read(buffer) >= 0) {}
  }

  /** The complement, as all zeros must not be right. */
  private static long checksum(ByteBuffer content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content.duplicate());
    return ~checksum.getValue();
  }

  /** In one of 256 folders, as some file systems are slow with a million files in one. */
  private Path file(String picture) {
    return folder.resolve(picture.substring(0, 2)).resolve(picture);
  }

  private void tell(String what, IOException e) {
    if (!told.getAndSet(true)) {
      notices.accept(
          "The features of pictures cannot be %s in %s (%s); training goes on, and computes them."
              .formatted(what, folder, e));
    }
  }
}
