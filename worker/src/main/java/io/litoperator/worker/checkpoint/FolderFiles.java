package io.litoperator.worker.checkpoint;

import io.litoperator.worker.transfer.LockFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * In a folder of a file system.
 *
 * @param jobFolder made when it is first written to
 */
record FolderFiles(Path jobFolder, Disk disk) implements SmallFiles {
  @Override
  public String name(String file) {
    return jobFolder + "/" + file;
  }

  @Override
  public Optional<byte[]> read(String file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(jobFolder.resolve(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean fetch(String file, Path local) throws IOException {
    try {
      Files.copy(jobFolder.resolve(file), local, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void follow(Path local, String file, long kept, long length) throws IOException {
    Path copy = jobFolder.resolve(file);
    try (FileChannel from = FileChannel.open(local)) {
      if (kept == 0 || !Files.exists(copy) || Files.size(copy) != kept) {
        replace(file, out -> copy(from, 0, length, out));
        return;
      }
      try (FileChannel out = FileChannel.open(copy, StandardOpenOption.APPEND)) {
        copy(from, kept, length, out);
      }
      disk.sync(copy);
    }
  }

  private static void copy(FileChannel from, long start, long end, WritableByteChannel to)
      throws IOException {
    for (long at = start; at < end; ) {
      long count = from.transferTo(at, end - at, to);
      if (count <= 0) {
        throw new EOFException("it has become shorter");
      }
      at += count;
    }
  }

  @Override
  public void write(String file, byte[] content) throws IOException {
    replace(file, out -> Channels.newOutputStream(out).write(content));
  }

  private void replace(String file, Content content) throws IOException {
    Path target = jobFolder.resolve(file);
    disk.move(written(file, content), target);
    disk.syncFolder(target.getParent());
  }

  private interface Content {
    void writeTo(WritableByteChannel out) throws IOException;
  }

  /** A second name appears only where there is none, and with all of the content. */
  @Override
  public boolean create(String file, byte[] content) throws IOException {
    Path written = written(file, out -> Channels.newOutputStream(out).write(content));
    try {
      Files.createLink(jobFolder.resolve(file), written);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(written);
      disk.syncFolder(jobFolder);
    }
  }

  /** By turns; where the file system knows no locks, of several at once the last prevails. */
  @Override
  public boolean replace(String file, Optional<byte[]> before, byte[] content) throws IOException {
    try {
      return new LockFile(jobFolder.resolve("." + file + ".lock"))
          .holding(() -> replaceUnlessChanged(file, before, content));
    } catch (LockFile.Unsupported e) {
      return replaceUnlessChanged(file, before, content);
    }
  }

  private boolean replaceUnlessChanged(String file, Optional<byte[]> before, byte[] content)
      throws IOException {
    if (!Arrays.equals(read(file).orElse(null), before.orElse(null))) {
      return false;
    }
    write(file, content);
    return true;
  }

  private Path written(String file, Content content) throws IOException {
    Path target = jobFolder.resolve(file);
    Path unfinished = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createDirectories(target.getParent());
    try (WritableByteChannel channel = disk.create(unfinished)) {
      content.writeTo(channel);
    } catch (IOException e) {
      // A disk that is full must not fill up further.
      Files.deleteIfExists(unfinished);
      throw e;
    }
    return unfinished;
  }

  /** People look on this machine. */
  @Override
  public void deliver(Path local, String name, List<String> last) {}
}
