package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.interchange.Folders;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs whose checkpoints are scored: what they train, what they keep, and dying meanwhile. */
@Timeout(400)
class CheckpointEvaluationIT {
  private static final int STEPS = 16;
  private static final int QUESTIONS = 160;

  @TempDir static Path folder;
  private static TinyJob job;

  /** Scored at each checkpoint, of which it keeps the best, with nothing happening to it. */
  private static TinyRun undisturbed;

  @TempDir Path mine;

  @BeforeAll
  static void runUndisturbed() {
    job =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainSteps", 2)
            .with("finetuneSteps", STEPS)
            .with("pretrainParts", "connector")
            .with("on", "checkpoint")
            .with("every", 4);
    undisturbed = TinyRun.of(job.with("keep", 1), folder.resolve("undisturbed")).done();
  }

  @Test
  void trainsWhatItTrainsWithoutAndKeepsTheBest() throws IOException {
    assertTrainsAsWithout(job, undisturbed);
  }

  @ParameterizedTest
  @CsvSource({"2,parameters,''", "1,none,'lora: {rank: 4, alpha: 8, dropout: 0.1}'"})
  void soItDoesShardedAndWithAdapters(int ranks, String sharding, String lora) throws IOException {
    TinyJob same = job.with("ranks", ranks).with("sharding", sharding).with("lora", lora);
    assertTrainsAsWithout(same, TinyRun.of(same.with("keep", 1), mine.resolve("with")).done());
  }

  private void assertTrainsAsWithout(TinyJob same, TinyRun run) throws IOException {
    TinyRun without = TinyRun.of(same.with("on", "end"), mine.resolve("without")).done();
    Same.checkpoints(last(run), last(without));
    assertThat(run.losses()).isEqualTo(without.losses());
    assertThat(run.scores()).isEqualTo(without.scores());
    List<Event.CheckpointScored> scored = run.events(Event.CheckpointScored.class);
    assertThat(scored).extracting(Event.CheckpointScored::step).containsExactly(4L, 8L, 12L, 16L);
    assertThat(scored).allMatch(s -> s.task().equals("answers") && s.metric().equals("accuracy"));
    Event.CheckpointScored best = scored.get(0);
    for (Event.CheckpointScored each : scored) {
      assertThat(each.best()).isEqualTo(each.score() >= best.score());
      best = each.best() ? each : best;
    }
    assertThat(Folders.names(run.checkpoints()))
        .contains("finetune-" + best.step(), "finetune-" + STEPS)
        .filteredOn(name -> name.startsWith("finetune-"))
        .hasSizeLessThanOrEqualTo(2);
    assertThat(Files.readString(run.checkpoints().resolve("predictions/finetune-4/scores.md")))
        .contains("| answers | accuracy |", "| visualContribution | mean |");
    assertThat(Files.readString(run.output().resolve("report.html")))
        .contains("At each checkpoint");
  }

  @Test
  void ranksThatDieInAnEvaluationGoOnWithWhatIsLeft() throws IOException {
    Path output = mine.resolve("killed");
    List<Killer.Moment> moments =
        List.of(
            Killer.Moment.at(Event.EvaluationProgress.class::isInstance),
            Killer.Moment.at(CheckpointEvaluationIT::scoresTheFirstTask),
            Killer.Moment.at(event -> event instanceof Event.Step s && s.step() == 13),
            Killer.Moment.at(Event.EvaluationProgress.class::isInstance));
    try (Killer killer = new Killer(moments, Runs.checkpointFolder(job.plan(output)), 3)) {
      TinyRun run = TinyRun.of(job, output, killer).done();

      assertThat(killer.left()).isZero();
      assertSameAsUndisturbed(run);
    }
  }

  @Test
  void aRunThatIsKilledInAnEvaluationResumesThere() throws Exception {
    Path output = mine.resolve("killed");
    LocalRun.Options options = new LocalRun.Options(output, List.of(), 1, false);
    try (TinyProcess run =
        TinyProcess.start(job.plan(output), mine.resolve("plan.json"), options)) {
      run.await(line -> line.contains("\"checkpointScored\",\"stage\":\"finetune\",\"step\":4"))
          .await(line -> line.contains("\"evaluationProgress\""));
      run.ranks().alive().forEach(ProcessHandle::destroyForcibly);
      run.process().destroyForcibly().waitFor();
    }

    TinyRun resumed = TinyRun.resumed(job, output).done();

    assertSameAsUndisturbed(resumed);
    assertThat(resumed.events(Event.StageStarted.class))
        .extracting(Event.StageStarted::fromStep)
        .containsExactly(8L);
    assertThat(resumed.events(Event.CheckpointScored.class))
        .extracting(Event.CheckpointScored::step)
        .containsExactly(8L, 12L, 16L);
  }

  private static void assertSameAsUndisturbed(TinyRun run) throws IOException {
    Same.checkpoints(last(run), last(undisturbed));
    for (int step = 4; step <= STEPS; step += 4) {
      Path scores = Path.of("predictions", "finetune-" + step);
      assertThat(withoutPlace(run.checkpoints().resolve(scores)))
          .isEqualTo(withoutPlace(undisturbed.checkpoints().resolve(scores)));
      Path answers = scores.resolve("answers");
      assertThat(answered(run.checkpoints().resolve(answers), "id").values())
          .hasSizeLessThanOrEqualTo(QUESTIONS)
          .allSatisfy(times -> assertThat(times).isOne());
      // A question that is asked twice is answered once where the answer was kept.
      assertThat(answered(run.checkpoints().resolve(answers), "asked").keySet())
          .isEqualTo(answered(undisturbed.checkpoints().resolve(answers), "asked").keySet());
    }
  }

  private static boolean scoresTheFirstTask(Event event) {
    return event instanceof Event.Scored scored && scored.task().equals("answers");
  }

  private static Path last(TinyRun run) {
    return run.checkpoints().resolve("finetune-" + STEPS);
  }

  /** Scores and digest, without the line that tells where the checkpoint is. */
  private static List<String> withoutPlace(Path evaluation) throws IOException {
    return Files.readAllLines(evaluation.resolve("scores.json")).stream()
        .filter(line -> !line.contains("\"model\""))
        .toList();
  }

  /** How often each question of the first task was answered, by a field that tells it. */
  private static Map<String, Integer> answered(Path answers, String field) throws IOException {
    Map<String, Integer> times = new TreeMap<>();
    for (Path file : files(answers)) {
      for (String line : Files.readAllLines(file)) {
        // A line that a kill has cut tells none.
        Matcher told = Pattern.compile("\"%s\":\"([^\"]*)\"".formatted(field)).matcher(line);
        if (told.find()) {
          times.merge(told.group(1), 1, Integer::sum);
        }
      }
    }
    return times;
  }

  private static List<Path> files(Path answers) throws IOException {
    try (Stream<Path> all = Files.list(answers)) {
      return new ArrayList<>(
          all.filter(file -> file.getFileName().toString().startsWith("answers.")).toList());
    }
  }
}
