package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files beside a job's checkpoints; their names may have folders. */
interface SmallFiles {
  /** How people find a file. */
  String name(String file);

  /** Empty if there is none. */
  Optional<byte[]> read(String file) throws IOException;

  /** As of {@link JobFiles#fetch}. */
  boolean fetch(String file, Path local) throws IOException;

  /** As of {@link JobFiles#follow}. */
  void follow(Path local, String file, long kept, long length) throws IOException;

  /** Replaces a file atomically. */
  void write(String file, byte[] content) throws IOException;

  /**
   * Makes a file unless it is there; of several that do so at once, one does.
   *
   * @return whether it was made by this call
   */
  boolean create(String file, byte[] content) throws IOException;

  /**
   * Replaces a file, or makes it, if it still is what was read; of several that do so at once, one
   * does.
   *
   * @param before what {@link #read} gave
   * @return whether it was replaced; may be false although it was, of which reading it tells
   */
  boolean replace(String file, Optional<byte[]> before, byte[] content) throws IOException;

  /**
   * Puts a copy of a file or folder of this machine, if there is one, where people look for it,
   * under a name, unless it is where they look already.
   *
   * @param last as of {@link JobFiles#deliver(Path, String, List)}
   */
  void deliver(Path local, String name, List<String> last) throws IOException;
}
