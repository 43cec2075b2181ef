package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.RankFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankEndTest {
  private static final String LOG = "rank.log";

  @ParameterizedTest(name = "status {0}")
  @CsvSource({
    "0,   INTERNAL,   FAULT,       exit code 0",
    "1,   INTERNAL,   FAULT,       exit code 1",
    "65,  BAD_DATA,   PERMANENT,   exit code 65",
    "74,  STORAGE,    FAULT,       exit code 74",
    "76,  PEER_LOST,  CONSEQUENCE, exit code 76",
    "134, INTERNAL,   FAULT,       signal 6 (SIGABRT)",
    "137, PEER_LOST,  FAULT,       signal 9 (SIGKILL)",
    "139, INTERNAL,   FAULT,       signal 11 (SIGSEGV)",
    "143, PEER_LOST,  FAULT,       signal 15 (SIGTERM)"
  })
  void anExitStatusIsExplained(int status, ExitCode code, RankEnd.Kind kind, String how) {
    RankEnd end = RankEnd.exited(2, exit(status), LOG);

    assertThat(end.code()).isEqualTo(code);
    assertThat(end.kind()).isEqualTo(kind);
    assertThat(end.sentence()).startsWith("Rank 2 ").contains(how);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"DONE, REGULAR", "INTERRUPTED, REGULAR", "INVALID, PERMANENT", "HANG, FAULT"})
  void lastWordsAreTakenAsTheyAre(ExitCode code, RankEnd.Kind kind) {
    RankEnd end = RankEnd.said(1, new RankMessage.Ended(code, "Why."));

    assertThat(end.kind()).isEqualTo(kind);
    assertThat(end.sentence()).isEqualTo("Why.");
  }

  @Test
  void aKillAtTheMemoryLimitIsCalledThat() {
    RankEnd end = RankEnd.exited(1, new RankExit(137, true, ""), LOG);

    assertThat(end.reason()).isEqualTo(RankFailure.Reason.RANK_OUT_OF_MEMORY);
    assertThat(end.sentence()).contains("the memory limit was reached");
  }

  private static RankExit exit(int status) {
    return new RankExit(status, false, "");
  }

  @Test
  void theCauseWinsOverWhatFollowsFromIt() {
    RankEnd lost = RankEnd.said(0, new RankMessage.Ended(ExitCode.PEER_LOST, "Rank 1 was lost."));
    RankEnd killed = RankEnd.exited(1, exit(137), LOG);
    RankEnd secondKilled = RankEnd.exited(2, exit(137), LOG);
    RankEnd badData = RankEnd.said(3, new RankMessage.Ended(ExitCode.BAD_DATA, "Line 3."));

    assertThat(RankEnd.rootCause(List.of(lost))).isEqualTo(lost);
    assertThat(RankEnd.rootCause(List.of(lost, killed, secondKilled))).isEqualTo(killed);
    assertThat(RankEnd.rootCause(List.of(lost, killed, badData))).isEqualTo(badData);
  }
}
