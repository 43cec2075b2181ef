package io.litoperator.worker.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A file by which processes, and threads of them, take turns; it stays. */
public record LockFile(Path path) {
  /** Of this process's threads, which the file's lock does not keep apart. */
  private static final Map<Path, Lock> TURNS = new ConcurrentHashMap<>();

  /** What one process does at a time. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws IOException, E;
  }

  /** The file's file system knows no locks. */
  public static final class Unsupported extends IOException {
    Unsupported(Path path, IOException cause) {
      super(path + " cannot be locked: " + cause.getMessage(), cause);
    }
  }

  /**
   * Waits until nobody else holds it.
   *
   * @throws Unsupported before any work
   */
  public <T, E extends Exception> T holding(Work<T, E> work) throws IOException, E {
    Files.createDirectories(path.getParent());
    Lock turn = TURNS.computeIfAbsent(path.toAbsolutePath(), any -> new ReentrantLock());
    turn.lock();
    try (FileChannel channel = open()) {
      lock(channel);
      return work.run();
    } finally {
      turn.unlock();
    }
  }

  private void lock(FileChannel channel) throws Unsupported {
    try {
      channel.lock();
    } catch (IOException e) {
      throw new Unsupported(path, e);
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
