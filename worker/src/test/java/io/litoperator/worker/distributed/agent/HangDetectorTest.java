package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ranks tell, and when that makes a hang, by a clock of the test. */
class HangDetectorTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(20);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMinutes(19);
  private static final String CHECKPOINT = "s3://bucket/runs/tiny/finetune-30";

  @TempDir Path output;
  private final AtomicLong nanos = new AtomicLong();
  private final Gang ranks = new Gang();
  private HangDetector detector;

  @BeforeEach
  void startThreeRanks() {
    for (int rank = 0; rank < 3; rank++) {
      ranks.add(new RankProcess(rank, null, nanos::get));
    }
    detector = detector(TIMEOUT);
  }

  private HangDetector detector(Duration timeout) {
    AgentPlan plan = new AgentPlan(3, 0, output, new RecoveryPlan(3, timeout));
    return new HangDetector(plan, 1, ranks, event -> {}, nanos::get);
  }

  @Test
  void ranksThatTakeStepsDoNotHang() {
    for (int step = 0; step < 100; step++) {
      all(step, Activity.TRAINING);
      pass(MINUTE);
      assertThat(hang()).isEmpty();
    }
  }

  @Test
  void theRankThatIsBehindHangs() {
    all(7, Activity.TRAINING);
    pass(MINUTE);
    heartbeat(0, 8, Activity.TRAINING);
    heartbeat(1, 8, Activity.TRAINING);
    pass(TIMEOUT);

    assertThat(hang())
        .hasValueSatisfying(
            end -> assertThat(end.sentence()).contains("Rank 2", "step 7", "1200.0 s"));
  }

  @Test
  void aSaveOfWhichNothingMovesIsAHangThoughTrainingGoesOn() {
    begin(1);
    moved(1, "writing finetune-30", 340_000_000, 1_000_000_000);
    for (int step = 30; step < 50; step++) {
      all(step, Activity.TRAINING);
      assertThat(hang()).isEmpty();
      pass(MINUTE);
    }
    all(50, Activity.TRAINING);
    pass(MINUTE);

    assertThat(hang())
        .hasValueSatisfying(
            end -> {
              assertThat(end.rank()).isEqualTo(1);
              assertThat(end.sentence())
                  .startsWith("Rank 1 is saving " + CHECKPOINT + " and has got no further since 2")
                  .contains("Z, for 1260 s: ", "writing finetune-30, 340.0 of 1000.0 MB")
                  .contains(output.resolve("evidence").toString());
            });
  }

  @Test
  void aSaveThatNobodyAnswersAtAllIsAHangThoughAllRanksSave() {
    begin(0);
    all(35, Activity.SAVING);
    pass(TIMEOUT.plusSeconds(1));

    assertThat(hang())
        .hasValueSatisfying(
            end ->
                assertThat(end.sentence())
                    .contains("Rank 0 is saving " + CHECKPOINT, "it has told of nothing yet"));
  }

  @Test
  void aSaveThatGoesOnIsNoneHoweverLongItTakes() {
    all(35, Activity.SAVING);
    begin(0);
    begin(2);
    for (int minute = 0; minute < 300; minute += 19) {
      pass(Duration.ofMinutes(19));
      moved(2, "writing finetune-30", minute, 300);
      assertThat(hang()).isEmpty();
    }
    end(2);
    pass(Duration.ofMinutes(19));
    assertThat(hang()).isEmpty();
    end(0);
    pass(Duration.ofMinutes(19));
    all(36, Activity.TRAINING);
    assertThat(hang()).isEmpty();
  }

  @Test
  void aTryThatFailedIsNoStandstillAndHidesNotHowFarItWas() {
    begin(1);
    moved(1, "sending finetune-30", 1_000_000, 2_000_000);
    pass(Duration.ofMinutes(19));
    moved(1, "exchanging with bucket", 0, 1);
    pass(Duration.ofMinutes(19));
    all(30, Activity.TRAINING);
    assertThat(hang()).isEmpty();
    pass(Duration.ofMinutes(2));
    all(31, Activity.TRAINING);

    assertThat(hang())
        .hasValueSatisfying(
            end -> assertThat(end.sentence()).contains("sending finetune-30, 1.0 of 2.0 MB"));
  }

  @Test
  void theFirstRankMayWaitForTheOthersOfWhichOneIsStuck() {
    begin(0);
    begin(1);
    begin(2);
    moved(0, "writing finetune-30", 300, 300);
    pass(MINUTE);
    end(1);
    pass(TIMEOUT);

    assertThat(hang()).hasValueSatisfying(end -> assertThat(end.rank()).isEqualTo(2));
  }

  @Test
  void ranksThatSaveWhileNothingIsWrittenHangAsThoseThatTrain() {
    all(30, Activity.SAVING);
    pass(TIMEOUT.plusSeconds(1));

    assertThat(hang())
        .hasValueSatisfying(end -> assertThat(end.sentence()).contains("no progress", "step 30"));
  }

  @Test
  void thoseThatTrainWaitForOneThatWritesWhatAllWaitFor() {
    heartbeat(0, 30, Activity.SAVING);
    begin(0);
    heartbeat(1, 30, Activity.TRAINING);
    heartbeat(2, 30, Activity.TRAINING);
    for (int minute = 0; minute < 300; minute += 19) {
      pass(Duration.ofMinutes(19));
      moved(0, "sending finetune-30", minute, 300);
      assertThat(hang()).isEmpty();
    }
    end(0);
    assertThat(hang()).isEmpty();
    heartbeat(0, 30, Activity.TRAINING);

    assertThat(hang()).isEmpty();
  }

  @Test
  void nobodyIsBoundWhileOneEvaluatesOrLoadsAndIsHeard() {
    all(30, Activity.TRAINING);
    for (Activity activity : List.of(Activity.EVALUATING, Activity.WAITING)) {
      heartbeat(0, 30, activity);
      for (Duration past = Duration.ZERO; past.compareTo(HOUR) < 0; past = past.plus(SHORT)) {
        pass(SHORT);
        told(0);
        assertThat(hang()).isEmpty();
      }
    }
  }

  @Test
  void anEvaluationOfWhichNoRankIsHeardIsAHangOfTheOneThatIsBehind() {
    all(30, Activity.EVALUATING);
    ranks.get(0).hear(new RankMessage.Stacks("", 8));
    ranks.get(1).hear(new RankMessage.Stacks("", 7));
    ranks.get(2).hear(new RankMessage.Stacks("", 8));
    pass(SHORT);
    told(2);
    pass(TIMEOUT);
    assertThat(hang()).isEmpty();
    pass(MINUTE);

    assertThat(hang())
        .hasValueSatisfying(
            end -> {
              assertThat(end.rank()).isEqualTo(1);
              assertThat(end.sentence())
                  .startsWith("Rank 1 evaluates, and no rank has told of anything since 2")
                  .contains("Z, for 1260 s; ", output.resolve("evidence").toString());
            });
  }

  @Test
  void aRankThatLoadsAloneAndIsNotHeardHangs() {
    all(30, Activity.TRAINING);
    heartbeat(1, 30, Activity.WAITING);
    pass(TIMEOUT.plusSeconds(1));

    assertThat(hang())
        .hasValueSatisfying(
            end -> assertThat(end.sentence()).startsWith("Rank 1 starts or loads, and no rank"));
  }

  @Test
  void whatIsNotToldPieceByPieceHasTenMinutesHoweverSoonAStepIsMissed() {
    detector = detector(Duration.ofSeconds(3));
    all(0, Activity.WAITING);
    pass(Duration.ofMinutes(10));
    assertThat(hang()).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(hang()).isPresent();
  }

  @Test
  void aRankThatHasEndedSavesNothing() {
    begin(1);
    all(30, Activity.TRAINING);
    ranks.get(1).exited(new RankExit(137, false, ""));
    pass(TIMEOUT.plusSeconds(1));
    heartbeat(0, 31, Activity.TRAINING);
    heartbeat(2, 31, Activity.TRAINING);

    assertThat(hang()).isEmpty();
  }

  private Optional<RankEnd> hang() {
    return detector.find((timeout, condition) -> {});
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void all(long step, Activity activity) {
    for (RankProcess rank : ranks) {
      heartbeat(rank.rank(), step, activity);
    }
  }

  private void heartbeat(int rank, long step, Activity activity) {
    ranks.get(rank).hear(new RankMessage.Heartbeat(step, activity));
  }

  private void told(int rank) {
    ranks.get(rank).hear(new RankMessage.Told(new Event.Notice("A word.")));
  }

  private void begin(int rank) {
    ranks.get(rank).hear(new RankMessage.Saving(Optional.of(CHECKPOINT)));
  }

  private void moved(int rank, String what, long done, long total) {
    ranks.get(rank).hear(new RankMessage.Moved(what, done, total));
  }

  private void end(int rank) {
    ranks.get(rank).hear(new RankMessage.Saving(Optional.empty()));
  }
}
