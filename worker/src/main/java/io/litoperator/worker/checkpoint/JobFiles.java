package io.litoperator.worker.checkpoint;

import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a job keeps beside its checkpoints: small files that it goes on from, and results. */
public final class JobFiles {
  private final SmallFiles files;

  JobFiles(SmallFiles files) {
    this.files = files;
  }

  /**
   * @throws Failure {@code STORAGE} if it is there and cannot be read
   */
  public Optional<byte[]> read(String file) {
    try {
      return files.read(file);
    } catch (IOException e) {
      throw storage(file, "read", e);
    }
  }

  /**
   * Copies a file to this machine, where the copy is replaced.
   *
   * @return false if there is none
   * @throws Failure {@code STORAGE} if it is there and cannot be read, or written here
   */
  public boolean fetch(String file, Path local) {
    try {
      return files.fetch(file, local);
    } catch (IOException e) {
      throw storage(file, "read", e);
    }
  }

  /**
   * Brings a copy up to date of a file of this machine that only ever grows: by what has been added
   * to it, or as a whole where that cannot be or the copy is not what was left. At any moment the
   * copy is a beginning of the file.
   *
   * @param kept how much of it this process has copied before, in bytes; 0 at first
   * @param length how much of it is to be copied
   * @throws Failure {@code STORAGE} if the copy cannot be written
   */
  public void follow(Path local, String file, long kept, long length) {
    try {
      files.follow(local, file, kept, length);
    } catch (IOException e) {
      throw storage(file, "written", e);
    }
  }

  /**
   * Replaces a file atomically.
   *
   * @throws Failure {@code STORAGE} if it cannot be written
   */
  public void write(String file, byte[] content) {
    try {
      files.write(file, content);
    } catch (IOException e) {
      throw storage(file, "written", e);
    }
  }

  /**
   * Makes a file, unless another has made it before.
   *
   * @return what it contains
   * @throws Failure {@code STORAGE} if it cannot be written or read
   */
  public byte[] writeOnce(String file, byte[] content) {
    try {
      return files.create(file, content) ? content : files.read(file).orElse(content);
    } catch (IOException e) {
      throw storage(file, "written", e);
    }
  }

  /**
   * Puts a copy of a file or folder of this machine where people look for results.
   *
   * @throws Failure {@code STORAGE} if it cannot be written there
   */
  public void deliver(Path local, String name) {
    deliver(local, name, List.of());
  }

  /**
   * As {@link #deliver(Path, String)}, of a folder that is nothing without some of its files.
   *
   * @param last names of these, which need not be there: of an earlier copy they are removed first,
   *     and of this one they come after all else, in this order
   */
  public void deliver(Path local, String name, List<String> last) {
    try {
      files.deliver(local, name, last);
    } catch (IOException e) {
      throw storage(name, "written", e);
    }
  }

  /** How people find a file. */
  public String name(String file) {
    return files.name(file);
  }

  private Failure storage(String file, String what, IOException cause) {
    return StorageFailure.of(
        "%s cannot be %s: %s.".formatted(name(file), what, cause.getMessage()), cause);
  }
}
