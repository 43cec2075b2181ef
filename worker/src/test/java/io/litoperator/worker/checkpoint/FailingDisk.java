package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A disk that stops after so many units, one for each byte and each operation. As a crash it throws
 * an error that nothing catches, so that nothing is tidied up either; as a full disk it refuses
 * bytes alone. Nothing is synced, which a simulated crash does not need and tests would wait for.
 */
final class FailingDisk implements Disk {
  private final boolean crashes;
  private long left;

  private FailingDisk(long left, boolean crashes) {
    this.left = left;
    this.crashes = crashes;
  }

  static FailingDisk crashingAfter(long units) {
    return new FailingDisk(units, true);
  }

  static FailingDisk fullAfter(long bytes) {
    return new FailingDisk(bytes, false);
  }

  /** Units that were not used. */
  long left() {
    return left;
  }

  static final class Crash extends Error {}

  @Override
  public WritableByteChannel create(Path file) throws IOException {
    operation();
    return new Channel(
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
  }

  @Override
  public void sync(Path file) {
    operation();
  }

  @Override
  public void syncFolder(Path folder) {
    operation();
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    operation();
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  private void operation() {
    if (crashes && left-- <= 0) {
      throw new Crash();
    }
  }

  private final class Channel implements WritableByteChannel {
    private final WritableByteChannel out;

    Channel(WritableByteChannel out) {
      this.out = out;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int wanted = bytes.remaining();
      int possible = (int) Math.min(wanted, left);
      ByteBuffer some = bytes.slice(bytes.position(), possible);
      while (some.hasRemaining()) {
        out.write(some);
      }
      bytes.position(bytes.position() + possible);
      left -= possible;
      if (possible < wanted) {
        if (crashes) {
          throw new Crash();
        }
        throw new IOException("No space left on device");
      }
      return possible;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
