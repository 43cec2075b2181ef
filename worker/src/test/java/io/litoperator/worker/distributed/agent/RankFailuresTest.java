package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import org.junit.jupiter.api.Test;

class RankFailuresTest {
  private final RankFailures failures = new RankFailures();

  @Test
  void regularEndsAreNone() {
    failures.note(said(0, ExitCode.DONE));
    failures.note(said(1, ExitCode.INTERRUPTED));

    assertThat(failures.none()).isTrue();
    assertThat(failures.cause(true)).isEmpty();
  }

  @Test
  void aFaultIsACauseAtOnce() {
    failures.note(said(0, ExitCode.PEER_LOST));
    failures.note(said(2, ExitCode.STORAGE));
    failures.note(said(1, ExitCode.INTERNAL));

    assertThat(failures.cause(false)).contains(said(2, ExitCode.STORAGE));
  }

  @Test
  void whoLostAnotherIsACauseOnceNobodyIsLeft() {
    failures.note(said(0, ExitCode.PEER_LOST));

    assertThat(failures.none()).isFalse();
    assertThat(failures.cause(false)).isEmpty();
    assertThat(failures.cause(true)).contains(said(0, ExitCode.PEER_LOST));
  }

  private static RankEnd said(int rank, ExitCode code) {
    return RankEnd.said(rank, new RankMessage.Ended(code, "Because."));
  }
}
