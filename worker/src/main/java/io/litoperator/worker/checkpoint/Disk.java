package io.litoperator.worker.checkpoint;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** The writes of which the order decides whether a crash leaves a usable checkpoint. */
interface Disk {
  /** A new file, the content of which is on the device when the channel is closed. */
  WritableByteChannel create(Path file) throws IOException;

  /** Puts the content of a file that is written on the device. */
  void sync(Path file) throws IOException;

  /** Puts a folder's entries on the device. */
  void syncFolder(Path folder) throws IOException;

  /** Renames atomically. */
  void move(Path from, Path to) throws IOException;
}
