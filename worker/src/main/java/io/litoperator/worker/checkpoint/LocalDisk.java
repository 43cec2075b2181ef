package io.litoperator.worker.checkpoint;

import io.litoperator.worker.transfer.Progress;
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
  private final Progress progress;

  LocalDisk() {
    this(Progress.NONE);
  }

  /**
   * @param progress told of each deed that is done, which on a slow disk takes its time
   */
  LocalDisk(Progress progress) {
    this.progress = progress;
  }

  @Override
  public WritableByteChannel create(Path file) throws IOException {
    return new Synced(
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
        () -> done("syncing", file));
  }

  @Override
  public void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    done("syncing", file);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder)) {
      channel.force(true);
    }
    done("syncing", folder);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    done("renaming", from);
  }

  private void done(String deed, Path file) {
    progress.on(deed + " " + file.getFileName(), 1, 1);
  }

  /**
   * Goes on the device piece by piece: the kernel would take much of it into its memory at once,
   * and all waiting would come at the end, where nobody can tell how much of it is left.
   */
  private static final class Synced implements WritableByteChannel {
    private static final long PIECE = 64L << 20;

    private final FileChannel file;
    private final Runnable closed;
    private long unsynced;

    Synced(FileChannel file, Runnable closed) {
      this.file = file;
      this.closed = closed;
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
      closed.run();
    }
  }
}
