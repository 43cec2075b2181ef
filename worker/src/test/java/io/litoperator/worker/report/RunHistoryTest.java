package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.report.RunHistory.Run;
import io.litoperator.worker.report.RunHistory.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RunHistoryTest {
  private static final List<Path> PICTURES = List.of(Path.of("scene.png"));

  @Test
  void runsOfEveryObjectiveAndSeedAreKeptApart() {
    List<Event> events = new ArrayList<>();
    for (long seed : new long[] {1, 2}) {
      events.addAll(Histories.run(Objective.VIT, seed, PICTURES));
      events.addAll(Histories.run(Objective.LIT, seed, PICTURES));
    }

    RunHistory history = RunHistory.of(events);

    assertThat(history.runs()).hasSize(4);
    assertThat(history.objectives()).containsExactly("VIT", "LIT");
    assertThat(history.seeds()).containsExactly(1L, 2L);
    assertThat(history.stages()).containsExactly("pretrain", "finetune");
    assertThat(history.scoreTable().columns())
        .containsExactly(new ScoreTable.Column("VIT", 2), new ScoreTable.Column("LIT", 2));
  }

  @Test
  void aSharedPretrainingComesAfterWhatIsCompared() {
    List<Event> events = new ArrayList<>();
    events.add(new Event.RunStarted("quickstart", "pretrain", 1, 2, 100, "out"));
    events.add(new Event.StageStarted("pretrain", 0, 2, 9, 9));
    events.addAll(Histories.run(Objective.VIT, 1, PICTURES));
    events.addAll(Histories.run(Objective.LIT, 1, PICTURES));

    assertThat(RunHistory.of(events).objectives()).containsExactly("VIT", "LIT", "pretrain");
  }

  @Test
  void stepsDoneAgainReplaceThoseLost() {
    RunHistory history = RunHistory.of(Histories.restarted(Objective.LIT, 1, PICTURES));

    Run run = history.runs().get(0);
    Stage finetune = run.stage("finetune").orElseThrow();
    assertThat(finetune.steps())
        .extracting(Event.Step::step)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, Histories.FINETUNE_STEPS).boxed().toList());
    assertThat(run.restarts())
        .singleElement()
        .satisfies(
            restart -> {
              assertThat(restart.stage()).contains("finetune");
              assertThat(restart.step()).isEqualTo(230);
            });
  }

  @Test
  void restartsBeforeTheRunHasSaidAnythingAreItsOwn() {
    Event early = new Event.Restarted(2, "ACCELERATOR", "Rank 0 has no GPU.", null);
    List<Event> events = new ArrayList<>(List.of(early));
    assertThat(RunHistory.of(events).runs()).isEmpty();

    events.addAll(Histories.run(Objective.LIT, 1, PICTURES));

    assertThat(RunHistory.of(events).runs())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.restarts())
                  .singleElement()
                  .isEqualTo(new RunHistory.Restart(Optional.empty(), 0, (Event.Restarted) early));
            });
  }

  @Test
  void aStepRepeatedWithoutAnAnnouncementCutsWhatFollowedIt() {
    RunHistory history =
        RunHistory.of(
            List.of(
                started(),
                new Event.StageStarted("finetune", 0, 9, 9, 9),
                Histories.step("finetune", 1, 9, 1.0),
                Histories.step("finetune", 2, 9, 2.0),
                Histories.step("finetune", 3, 9, 3.0),
                Histories.step("finetune", 2, 9, 2.5)));

    assertThat(history.runs().get(0).stages().get(0).steps())
        .extracting(Event.Step::loss)
        .containsExactly(1.0, 2.5);
  }

  @Test
  void goingBackToAStageLosesTheLaterOnesAndTheScores() {
    RunHistory history =
        RunHistory.of(
            List.of(
                started(),
                new Event.StageStarted("pretrain", 0, 2, 9, 9),
                Histories.step("pretrain", 1, 2, 1.0),
                Histories.step("pretrain", 2, 2, 1.0),
                new Event.StageStarted("finetune", 0, 2, 9, 9),
                Histories.step("finetune", 1, 2, 1.0),
                new Event.Scored("pope", "accuracy", .9, 10, "pope-1", 2L),
                started(),
                new Event.StageStarted("pretrain", 1, 2, 9, 9)));

    Run run = history.runs().get(0);
    assertThat(history.runs()).hasSize(1);
    assertThat(run.stages()).extracting(Stage::name).containsExactly("pretrain");
    assertThat(run.stages().get(0).steps()).extracting(Event.Step::step).containsExactly(1L);
    assertThat(run.scores()).isEmpty();
  }

  @Test
  void scoresUpToTheStepThatARunGoesOnFromAreKept() {
    RunHistory history =
        RunHistory.of(
            List.of(
                started(),
                new Event.StageStarted("finetune", 0, 3, 9, 9),
                scored(1, .1),
                scored(2, .2),
                new Event.StageStarted("finetune", 1, 3, 9, 9),
                scored(3, .3)));

    Run run = history.runs().get(0);
    assertThat(run.evaluations()).extracting(RunHistory.Evaluation::step).containsExactly(1L, 3L);
    assertThat(run.scores()).containsExactly(Map.entry("pope.accuracy", .3));
  }

  private static Event scored(long step, double score) {
    return new Event.Scored("pope", "accuracy", score, 10, "pope-1", step);
  }

  @Test
  void eventsOfNoRunAreRefused() {
    List<Event> events = List.of(Histories.step("finetune", 1, 9, 1.0));

    assertThatThrownBy(() -> RunHistory.of(events))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("RunStarted")
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.BAD_DATA);
  }

  @Test
  void stepsOfAStageThatHasNotBegunAreRefused() {
    List<Event> events = List.of(started(), Histories.step("finetune", 7, 9, 1.0));

    assertThatThrownBy(() -> RunHistory.of(events))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Step 7")
        .hasMessageContaining("finetune");
  }

  private static Event started() {
    return new Event.RunStarted("job", "LIT", 1, 1, 100, "out");
  }
}
