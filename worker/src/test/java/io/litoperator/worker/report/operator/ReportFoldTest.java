package io.litoperator.worker.report.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Histories;
import io.litoperator.worker.report.RankFailure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ReportFoldTest {
  private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
  private static final ReportFold FOLD =
      new ReportFold(
          new ReportedJob(
              List.of(
                  new ReportedJob.Stage("pretrain", OptionalInt.of(100)),
                  new ReportedJob.Stage("finetune", OptionalInt.of(300))),
              true,
              2,
              path -> "pvc://ckpt" + path));

  private GangState state = GangState.initial(3, Reporter.Inheritance.NONE);

  @Test
  void aGangWaitsTrainsEvaluatesAndIsDone() {
    on(new GangEvent.Gathered(2), Activity.WAITING);
    on(new GangEvent.AttemptStarted(3, null), Activity.WAITING);
    on(new Event.StageStarted("pretrain", 0, 100, 1600, 7), Activity.PRETRAINING);
    on(step("pretrain", 50, 100, 0.7), Activity.PRETRAINING);
    on(new Event.StageStarted("finetune", 0, 300, 1600, 7), Activity.FINETUNING);
    on(step("finetune", 300, 300, 0.2), Activity.FINETUNING);
    on(new Event.EvaluationProgress("pope", 1, 10, 3), Activity.EVALUATING);
    on(new Event.Scored("pope", "accuracy", 0.875, 10, "pope-1", 300L), Activity.EVALUATING);

    state = FOLD.ended(state, ExitCode.DONE);

    assertThat(state.activity()).isEqualTo(Activity.DONE);
    assertThat(state.nodes()).isEqualTo(2);
    assertThat(state.progress().percent()).isEqualTo(100);
    assertThat(state.evaluations())
        .containsExactly(
            new Evaluation(
                "pope", "accuracy", "0.875", 10L, "pope-1", 300L, "2026-11-23T08:00:00Z"));
  }

  @Test
  void percentIsOfTheWholeJobAndTheRestIsEstimatedAtTheSameRate() {
    on(new GangEvent.AttemptStarted(3, null));
    on(step("pretrain", 50, 100, 0.7));

    assertThat(state.progress().percent()).isEqualTo(12);
    // 5 s for the 50 steps that the stage has left, and 300 more steps after it.
    assertThat(state.progress().estimatedCompletion()).isEqualTo("2026-11-23T08:00:35Z");
  }

  @Test
  void anAttemptsStepsBeginAtItsCheckpoint() {
    on(new GangEvent.AttemptStarted(3, null));
    on(step("finetune", 105, 300, 0.3));
    on(new GangEvent.AttemptStarted(4, "finetune-100"));

    assertThat(state.attempt()).isEqualTo(4);
    assertThat(state.progress().step()).isEqualTo(100);
    assertThat(state.progress().totalSteps()).isEqualTo(300);
    assertThat(state.progress().percent()).isEqualTo(50);
  }

  @Test
  void numbersThatJsonLacksAreLeftOut() {
    on(step("finetune", 1, 300, Double.NaN));
    on(new Event.Scored("pope", "f1", Double.NaN, 10, "pope-1", 300L));

    assertThat(state.progress().loss()).isNull();
    assertThat(state.evaluations()).isEmpty();
  }

  @Test
  void onlyTheCheckpointsThatAreKeptAreTold() {
    for (long step : new long[] {100, 200, 300, 300}) {
      on(new Event.CheckpointSaved("finetune", step, "/job/finetune-" + step, 9, "ab", 1));
    }

    assertThat(state.checkpoints()).extracting(SavedCheckpoint::step).containsExactly(200L, 300L);
    assertThat(state.checkpoints().get(1).uri()).isEqualTo("pvc://ckpt/job/finetune-300");
  }

  @Test
  void anEvaluationAtACheckpointIsToldAndTrainingGoesOn() {
    on(new Event.StageStarted("finetune", 0, 300, 1600, 7), Activity.FINETUNING);
    saveAndScore(100, 0.9, true);
    on(step("finetune", 101, 300, 0.3), Activity.FINETUNING);
    saveAndScore(200, 0.8, false);
    saveAndScore(300, 0.7, false);

    // Two are kept, and the best.
    assertThat(state.checkpoints())
        .extracting(SavedCheckpoint::step, SavedCheckpoint::score)
        .containsExactly(tuple(100L, "0.9"), tuple(200L, "0.8"), tuple(300L, "0.7"));
    assertThat(state.bestCheckpoint()).isEqualTo("finetune-100");
    assertThat(state.evaluations())
        .extracting(Evaluation::checkpointStep)
        .containsExactly(100L, 200L, 300L);
    saveAndScore(300, 0.95, true);
    on(new Event.CheckpointSaved("finetune", 400, "/job/finetune-400", 9, "ab", 1));
    assertThat(state.checkpoints()).extracting(SavedCheckpoint::step).containsExactly(300L, 400L);
  }

  private void saveAndScore(long step, double score, boolean best) {
    on(new Event.CheckpointSaved("finetune", step, "/job/finetune-" + step, 9, "ab", 1));
    on(new Event.Scored("pope", "accuracy", score, 10, "pope-1", step), Activity.EVALUATING);
    on(new Event.CheckpointScored("finetune", step, "pope", "accuracy", score, best));
  }

  @Test
  void restartsInPlaceAreCountedByReasonAndOthersAreNot() {
    on(new GangEvent.Failed(failure(RankFailure.Reason.HANG), true));
    on(new GangEvent.Failed(failure(RankFailure.Reason.RANK_FAILED), true));
    on(new GangEvent.Failed(failure(RankFailure.Reason.RANK_FAILED), true));
    on(new GangEvent.Failed(failure(RankFailure.Reason.STORAGE_FAULT), false));

    assertThat(state.restarts()).isEqualTo(Map.of("Hang", 1, "RankFailed", 2));
    assertThat(state.lastFailure().reason()).isEqualTo("StorageFault");
    assertThat(state.lastFailure().node()).isEqualTo("worker-b");
  }

  @Test
  void aStopIsToldUntilItsEnd() {
    on(step("finetune", 7, 300, 0.3));
    on(new GangEvent.Stopping(), Activity.STOPPING);
    on(step("finetune", 8, 300, 0.3), Activity.STOPPING);

    assertThat(FOLD.ended(state, ExitCode.INTERRUPTED).activity()).isEqualTo(Activity.STOPPED);
  }

  private void on(Event event, Activity expected) {
    on(event);
    assertThat(state.activity()).isEqualTo(expected);
  }

  private void on(GangEvent event, Activity expected) {
    on(event);
    assertThat(state.activity()).isEqualTo(expected);
  }

  private void on(Event event) {
    state = FOLD.after(state, event, NOW);
  }

  private void on(GangEvent event) {
    state = FOLD.after(state, event, NOW);
  }

  private static Event.Step step(String stage, long step, long total, double loss) {
    return new Event.Step(
        stage,
        step,
        total,
        0.5,
        loss,
        null,
        loss,
        1e-3,
        1.5,
        10,
        200,
        null,
        Histories.TIMES,
        1 << 20,
        5);
  }

  private static RankFailure failure(RankFailure.Reason reason) {
    return new RankFailure(reason, "Rank 1 ended.", 137, 1, "worker-b", "Its output is there.");
  }
}
