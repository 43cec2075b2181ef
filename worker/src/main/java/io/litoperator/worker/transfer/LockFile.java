package io.litoperator.worker.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      return work.run();
    }
  }
}
