package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two objectives, each with two seeds, stopped once on the way. */
@Timeout(240)
class ComparisonIT {
  private static final List<Objective> BOTH = List.of(Objective.VIT, Objective.LIT);

  @TempDir Path folder;
  private final List<Event> events = new ArrayList<>();

  @Test
  void aComparisonStoppedInItsSecondLegGoesOnThere() throws Exception {
    Path output = folder.resolve("output");
    RunPlan plan =
        TinyJob.in(folder.resolve("job"))
            .with("ranks", 1)
            .with("pretrainSteps", 5)
            .with("finetuneSteps", 20)
            .plan(output);
    try (TinyProcess run =
        TinyProcess.start(plan, folder.resolve("plan.json"), options(output, false))) {
      run.await(line -> line.contains("\"stage\":\"finetune\",\"step\":2,")).signal("INT");
      assertThat(run.exitCode()).isEqualTo(ExitCode.INTERRUPTED.code());
    }

    assertThat(new LocalRun(plan, options(output, true), events::add).run())
        .isEqualTo(ExitCode.DONE);

    assertThat(started()).first().satisfies(stage -> assertThat(stage.fromStep()).isPositive());
    assertThat(started())
        .extracting(Event.StageStarted::stage)
        .containsExactly("finetune", "finetune", "pretrain", "finetune", "finetune");
    for (String leg : List.of("pretrain", "VIT", "LIT")) {
      assertThat(output.resolve("seed-7").resolve(leg).resolve("done")).exists();
      assertThat(output.resolve("seed-8").resolve(leg).resolve("done")).exists();
    }
    assertSummaryHasTheMeans(EventLog.read(output.resolve("events.jsonl")));
    assertThat(Files.readString(output.resolve("report.html"))).contains("VIT", "LIT");
    assertThat(Files.readString(output.resolve("scores.md"))).contains("VIT", "LIT", "answers");
  }

  private static LocalRun.Options options(Path output, boolean resume) {
    return new LocalRun.Options(output, BOTH, 2, resume);
  }

  private List<Event.StageStarted> started() {
    return events.stream()
        .filter(Event.StageStarted.class::isInstance)
        .map(Event.StageStarted.class::cast)
        .toList();
  }

  private void assertSummaryHasTheMeans(List<Event> log) {
    Event.Summary summary = (Event.Summary) events.get(events.size() - 1);
    assertThat(summary.objectives()).containsOnlyKeys("VIT", "LIT");
    contributions(log)
        .forEach(
            (objective, scores) -> {
              assertThat(scores).hasSize(2);
              double mean = (scores.get(0) + scores.get(1)) / 2;
              assertThat(summary.objectives().get(objective))
                  .containsKeys("answers.accuracy", "pope.accuracy", "heldOutLoss.answer")
                  .hasEntrySatisfying(
                      "visualContribution.mean",
                      actual -> assertThat(actual).isCloseTo(mean, Offset.offset(1e-9)));
            });
  }

  /** Mean visual contribution by objective, one for each seed. */
  private static Map<String, List<Double>> contributions(List<Event> log) {
    Map<String, List<Double>> scores = new HashMap<>();
    String objective = "";
    for (Event event : log) {
      if (event instanceof Event.RunStarted started) {
        objective = started.objective();
      } else if (event instanceof Event.Scored scored
          && scored.task().equals("visualContribution")
          && scored.metric().equals("mean")) {
        scores.computeIfAbsent(objective, name -> new ArrayList<>()).add(scored.score());
      }
    }
    assertThat(scores).containsOnlyKeys("VIT", "LIT");
    return scores;
  }
}
