package io.litoperator.worker.checkpoint;

import io.litoperator.worker.transfer.LockFile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
  public void write(String file, byte[] content) throws IOException {
    Path target = jobFolder.resolve(file);
    disk.move(written(file, content), target);
    disk.syncFolder(target.getParent());
  }

  /** A second name appears only where there is none, and with all of the content. */
  @Override
  public boolean create(String file, byte[] content) throws IOException {
    Path written = written(file, content);
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

  private Path written(String file, byte[] content) throws IOException {
    Path target = jobFolder.resolve(file);
    Path unfinished = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    Files.createDirectories(target.getParent());
    try (WritableByteChannel channel = disk.create(unfinished)) {
      Channels.newOutputStream(channel).write(content);
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
