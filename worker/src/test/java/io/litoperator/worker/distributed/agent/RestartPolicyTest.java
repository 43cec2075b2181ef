package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
  private static final RankEnd KILLED = RankEnd.exited(1, new RankExit(137, false, ""), "log");

  @Test
  void delaysGrowWhileNothingIsGainedAndAreBounded() {
    RestartPolicy policy = policy(20);

    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      millis.add(policy.delayBeforeNext(KILLED, -1).toMillis());
    }

    assertThat(millis).startsWith(200L, 400L, 800L).endsWith(12_800L, 12_800L).isSorted();
  }

  @Test
  void progressMakesTheDelayShortAgain() {
    RestartPolicy policy = policy(20);
    IntStream.range(0, 5).forEach(i -> policy.delayBeforeNext(KILLED, 3));

    assertThat(policy.delayBeforeNext(KILLED, 4)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void givesUpWhenTheRestartsAreUsedUp() {
    RestartPolicy policy = policy(2);
    policy.delayBeforeNext(KILLED, 1);
    policy.delayBeforeNext(KILLED, 2);

    assertThatThrownBy(() -> policy.delayBeforeNext(KILLED, 3))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("2 of 2 restarts")
        .hasMessageContaining("rank 1 ended by signal 9 (SIGKILL)")
        .hasMessageContaining("rank-1.log");
  }

  @Test
  void withoutAnyRestartNoneIsUsedUp() {
    assertThatThrownBy(() -> policy(0).delayBeforeNext(KILLED, -1))
        .hasMessageContaining("Gave up, since there is to be no restart;");
  }

  @Test
  void theSameDefectIsTriedAgainIfThereWasProgress() {
    RestartPolicy policy = policy(9);
    policy.delayBeforeNext(internal("x"), 10);

    assertThat(policy.delayBeforeNext(internal("x"), 11)).isPositive();
    assertThatThrownBy(() -> policy.delayBeforeNext(internal("x"), 11))
        .hasMessageStartingWith("x Gave up, since the same happened twice");
  }

  @Test
  void aDiskThatStaysFullEndsTheRun() {
    RestartPolicy policy = policy(9);
    policy.delayBeforeNext(storage("1.3 MB free."), 10);

    assertThatThrownBy(() -> policy.delayBeforeNext(storage("1.2 MB free."), 10))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.STORAGE))
        .hasMessageStartingWith("1.2 MB free. Gave up, since the same happened twice");
  }

  @Test
  void anotherDefectIsTriedAgain() {
    RestartPolicy policy = policy(9);
    policy.delayBeforeNext(internal("x"), 10);

    assertThat(policy.delayBeforeNext(internal("y"), 10)).isPositive();
  }

  @Test
  void lossesAreTriedAgainHoweverOftenTheyRepeat() {
    RestartPolicy policy = policy(9);
    policy.delayBeforeNext(KILLED, 0);

    assertThat(policy.delayBeforeNext(KILLED, 0)).isPositive();
  }

  @Test
  void aPermanentFailureKeepsItsSentence() {
    RankEnd permanent = RankEnd.said(0, new RankMessage.Ended(ExitCode.BAD_DATA, "Line 3."));

    assertThatThrownBy(() -> policy(9).delayBeforeNext(permanent, 5)).hasMessage("Line 3.");
  }

  @Test
  void enoughNewStepsBeginTheCountAnew() {
    RestartPolicy policy = policy(1, OptionalInt.of(100));
    policy.delayBeforeNext(KILLED, 10);
    policy.delayBeforeNext(KILLED, 110);

    assertThatThrownBy(() -> policy.delayBeforeNext(KILLED, 209))
        .hasMessageContaining("1 of 1 restarts");
  }

  @Test
  void stepsThatAreTakenAgainAreNotNew() {
    RestartPolicy policy = policy(2, OptionalInt.of(100));
    policy.delayBeforeNext(KILLED, 500);
    policy.delayBeforeNext(KILLED, 300);

    assertThatThrownBy(() -> policy.delayBeforeNext(KILLED, 599))
        .hasMessageContaining("2 of 2 restarts");
  }

  private static RestartPolicy policy(int maxRestarts) {
    return policy(maxRestarts, OptionalInt.empty());
  }

  private static RestartPolicy policy(int maxRestarts, OptionalInt resetAfterSteps) {
    return new RestartPolicy(maxRestarts, resetAfterSteps, rank -> "rank-" + rank + ".log");
  }

  private static RankEnd storage(String sentence) {
    return RankEnd.said(0, new RankMessage.Ended(ExitCode.STORAGE, sentence));
  }

  private static RankEnd internal(String sentence) {
    return RankEnd.said(0, new RankMessage.Ended(ExitCode.INTERNAL, sentence));
  }
}
