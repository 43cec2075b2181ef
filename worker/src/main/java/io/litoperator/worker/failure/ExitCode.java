package io.litoperator.worker.failure;

/** How {@code lit} ends. Codes 64, 65 and 66 are permanent: running again cannot help. */
public enum ExitCode {
  DONE(0),
  /** A usage error or an invalid job. */
  INVALID(64),
  /** Data or checkpoint content that cannot be used. */
  BAD_DATA(65),
  /** A file or folder that the job names is not there or cannot be read. */
  INPUT_MISSING(66),
  INTERNAL(70),
  ACCELERATOR(71),
  /** A storage fault: a full disk, a failed write. */
  STORAGE(74),
  /** Interrupted; a checkpoint was saved, run again with {@code --resume}. */
  INTERRUPTED(75),
  /** A peer was lost or a collective failed. */
  PEER_LOST(76),
  HANG(77),
  TERMINATED(143);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** Whether running the same job again cannot succeed. */
  public boolean permanent() {
    return this == INVALID || this == BAD_DATA || this == INPUT_MISSING;
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
