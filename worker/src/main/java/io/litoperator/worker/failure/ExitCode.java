package io.litoperator.worker.failure;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** How {@code lit} ends. Codes 64, 65 and 66 are permanent: running again cannot help. */
public enum ExitCode {
  DONE(0, "done"),
  INVALID(64, "usage error or invalid job"),
  BAD_DATA(65, "data or checkpoint content that cannot be used"),
  INPUT_MISSING(66, "a file or folder is missing or cannot be read"),
  INTERNAL(70, "internal error, or out of memory"),
  ACCELERATOR(71, "accelerator or driver fault"),
  STORAGE(74, "storage fault: a full disk, failed I/O, a service away"),
  INTERRUPTED(75, "interrupted, a checkpoint is saved; run again with --resume"),
  PEER_LOST(76, "a rank was lost"),
  HANG(77, "a rank hung"),
  TERMINATED(143, "interrupted or terminated with nothing saved; run again");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  public int code() {
    return code;
  }

  /** In a few words, for help and documentation. */
  public String meaning() {
    return meaning;
  }

  /** Whether running the same job again cannot succeed. */
  public boolean permanent() {
    return this == INVALID || this == BAD_DATA || this == INPUT_MISSING;
  }

  /**
   * How a program ends that could not read a file or a folder: with {@code STORAGE} only where the
   * storage failed, since then another try may succeed.
   */
  public static ExitCode ofReading(Path path, IOException cause) {
    if (cause instanceof CharacterCodingException) {
      return BAD_DATA;
    }
    boolean missing =
        cause instanceof NoSuchFileException
            || cause instanceof AccessDeniedException
            || cause instanceof NotDirectoryException;
    // A folder that is read as a file fails without a type or path of its own.
    boolean folder = !(cause instanceof FileSystemException) && Files.isDirectory(path);
    return missing || folder ? INPUT_MISSING : STORAGE;
  }

  /** The constant of a process's exit status; statuses outside the contract are internal errors. */
  public static ExitCode of(int status) {
    for (ExitCode code : values()) {
      if (code.code == status) {
        return code;
      }
    }
    return INTERNAL;
  }
}
