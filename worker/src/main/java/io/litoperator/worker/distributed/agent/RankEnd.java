package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.RankFailure;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Why a rank ended, or has to.
 *
 * @param sentence for people
 * @param how exit code or signal, for people
 * @param kind how much it explains
 * @param reason in one word, for programs
 */
record RankEnd(
    int rank, ExitCode code, String sentence, String how, Kind kind, RankFailure.Reason reason) {
  private static final int SIGNAL_BASE = 128;
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9,
          "SIGKILL", 11, "SIGSEGV", 15, "SIGTERM");
  private static final int SIGKILL = 9;

  /** From what explains most to what explains least. */
  enum Kind {
    /** No other attempt can succeed. */
    PERMANENT,
    /** The rank is where the fault is. */
    FAULT,
    /** The rank lost another, or its agent. */
    CONSEQUENCE,
    /** Nothing is wrong. */
    REGULAR
  }

  /** A rank's own last words. */
  static RankEnd said(int rank, RankMessage.Ended words) {
    ExitCode code = words.exitCode();
    return new RankEnd(
        rank, code, words.sentence(), "exit code " + code.code(), kind(code), reason(code));
  }

  /**
   * A process that ended without last words.
   *
   * @param log where its output is
   */
  static RankEnd exited(int rank, RankExit exit, String log) {
    int signal = exit.status() - SIGNAL_BASE;
    return SIGNALS.containsKey(signal)
        ? killed(rank, signal, exit.outOfMemory())
        : endedSilently(rank, exit.status(), log);
  }

  /** Whether an exit status is that of SIGKILL. */
  static boolean isKill(int status) {
    return status == SIGNAL_BASE + SIGKILL;
  }

  private static RankEnd killed(int rank, int signal, boolean outOfMemory) {
    String how = "signal %d (%s)".formatted(signal, SIGNALS.get(signal));
    String hint = "";
    if (outOfMemory) {
      hint = ", as the memory limit was reached: try a smaller microBatchSize, or allow more";
    } else if (signal == SIGKILL) {
      hint = " (the kernel does so when memory runs out: try a smaller microBatchSize)";
    }
    // SIGHUP, SIGINT, SIGKILL and SIGTERM come from outside; the others are the program's own.
    boolean fromOutside = signal <= 2 || signal == SIGKILL || signal == 15;
    return new RankEnd(
        rank,
        fromOutside ? ExitCode.PEER_LOST : ExitCode.INTERNAL,
        "Rank %d was killed by %s%s.".formatted(rank, how, hint),
        how,
        Kind.FAULT,
        outOfMemory ? RankFailure.Reason.RANK_OUT_OF_MEMORY : RankFailure.Reason.RANK_FAILED);
  }

  private static RankEnd endedSilently(int rank, int status, String log) {
    ExitCode code = status == 0 ? ExitCode.INTERNAL : ExitCode.of(status);
    String sentence =
        "Rank %d ended with exit code %d without saying why; see %s.".formatted(rank, status, log);
    return new RankEnd(rank, code, sentence, "exit code " + status, kind(code), reason(code));
  }

  /** A rank that makes no progress. */
  static RankEnd hangs(int rank, String sentence) {
    return new RankEnd(
        rank, ExitCode.HANG, sentence, "no progress", Kind.FAULT, RankFailure.Reason.HANG);
  }

  private static RankFailure.Reason reason(ExitCode code) {
    return switch (code) {
      case HANG -> RankFailure.Reason.HANG;
      case PEER_LOST -> RankFailure.Reason.PEER_LOST;
      case STORAGE -> RankFailure.Reason.STORAGE_FAULT;
      case ACCELERATOR -> RankFailure.Reason.ACCELERATOR_FAULT;
      default -> RankFailure.Reason.RANK_FAILED;
    };
  }

  private static Kind kind(ExitCode code) {
    return switch (code) {
      case DONE, INTERRUPTED -> Kind.REGULAR;
      case PEER_LOST -> Kind.CONSEQUENCE;
      default -> code.permanent() ? Kind.PERMANENT : Kind.FAULT;
    };
  }

  /** The end that explains the others: the first of the kind that explains most. */
  static RankEnd rootCause(List<RankEnd> inOrder) {
    return inOrder.stream().min(Comparator.comparing(RankEnd::kind)).orElseThrow();
  }
}
