package io.litoperator.worker.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file by which processes of a machine take turns; it stays. */
public record LockFile(Path path) {
  /** What one process does at a time. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws IOException, E;
  }

  /**
   * Waits until no other process holds it. Threads of one process must not do so at the same time.
   *
   * @throws java.nio.channels.OverlappingFileLockException if another thread holds it
   */
  public <T, E extends Exception> T holding(Work<T, E> work) throws IOException, E {
    Files.createDirectories(path.getParent());
    try (FileChannel channel = open()) {
      channel.lock();
      return work.run();
    }
  }

  /**
   * Holds it until what is returned is closed, or this process ends; empty if another process holds
   * it. A process must not do so while it holds it.
   *
   * @throws IOException if the file cannot be made, or its file system knows no locks
   */
  public Optional<Closeable> tryToHold() throws IOException {
    Files.createDirectories(path.getParent());
    FileChannel channel = open();
    try {
      if (channel.tryLock() != null) {
        return Optional.of(channel);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  private FileChannel open() throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
