package io.litoperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Another thread or JVM may want the same of the cache: the first makes it, the others wait. */
final class CacheLock {
  /** What is done meanwhile. */
  interface Work {
    void run() throws IOException;
  }

  private CacheLock() {}

  /**
   * @param file that is locked; made with its folder where it is absent
   */
  static synchronized void hold(Path file, Work work) {
    try {
      Files.createDirectories(file.getParent());
      try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (lock.isValid()) {
          work.run();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The cache " + file.getParent() + " cannot be written.", e);
    }
  }
}
