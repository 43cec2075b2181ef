package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A mounted POSIX file system. */
final class LocalDisk implements Disk {
  @Override
  public WritableByteChannel create(Path file) throws IOException {
    return new Synced(
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
  }

  @Override
  public void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    }
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Goes on the device piece by piece: the kernel would take much of it into its memory at once,
   * and all waiting would come at the end, where nobody can tell how much of it is left.
   */
  private static final class Synced implements WritableByteChannel {
    private static final long PIECE = 64L << 20;

    private final FileChannel file;
    private long unsynced;

    Synced(FileChannel file) {
      this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int count = file.write(bytes);
      unsynced += count;
      if (unsynced >= PIECE) {
        file.force(false);
        unsynced = 0;
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      try (file) {
        if (file.isOpen()) {
          file.force(true);
        }
      }
    }
  }
}
