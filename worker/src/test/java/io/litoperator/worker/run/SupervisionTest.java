package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.CheckpointWriter;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a job's {@code maxRows} does to its samples, its check and its training. */
@Timeout(60)
class SupervisionTest {
  private static final int STEPS = 2;

  @TempDir Path folder;
  private TinyJob job;

  @BeforeEach
  void makeJob() {
    job = TinyJob.in(folder.resolve("job")).with("pretrainSteps", STEPS);
  }

  @Test
  void samplesAreCutAndToldOf() {
    RunPlan uncut = plan(job);
    List<Integer> rows = rows(uncut);
    int longest = Collections.max(rows);
    int limit = longest - 3;
    RunPlan cut = plan(cut(limit));

    assertThat(rows(cut)).isEqualTo(rows.stream().map(row -> Math.min(row, limit)).toList());
    List<Sample> before = samples(uncut);
    List<Sample> after = samples(cut);
    for (int i = 0; i < after.size(); i++) {
      int kept = after.get(i).tokens().length;
      assertThat(after.get(i).tokens()).isEqualTo(Arrays.copyOf(before.get(i).tokens(), kept));
    }
    assertThat(problems(uncut)).isEmpty();
    assertThat(problems(cut))
        .hasSize((int) rows.stream().filter(row -> row > limit).count())
        .isNotEmpty()
        .allSatisfy(
            problem -> {
              assertThat(problem.warning()).isTrue();
              assertThat(problem.sentence()).contains("is cut to spec.model.maxRows, " + limit);
            });
  }

  @Test
  void aRunLearnsFromWhatIsLeft() {
    int shortest = Collections.min(rows(plan(job)));

    List<Double> losses = losses(cut(shortest - 1));

    assertThat(losses).hasSize(STEPS).allMatch(Double::isFinite);
    assertThat(losses.get(0)).isNotEqualTo(losses(job).get(0));
    assertThat(losses(cut(10_000))).isEqualTo(losses(job));
  }

  private TinyJob cut(int rows) {
    return job.with("maxRows", "maxRows: " + rows);
  }

  private RunPlan plan(TinyJob of) {
    return of.plan(folder.resolve("output"));
  }

  private static StagePlan stage(RunPlan plan) {
    return plan.stages().get(0);
  }

  private static List<Sample> samples(RunPlan plan) {
    try (ModelSources sources = ModelSources.open(plan.model());
        Dataset data = Supervision.of(plan, stage(plan)).open(stage(plan).datasets(), sources)) {
      return IntStream.range(0, data.size()).mapToObj(data::load).toList();
    }
  }

  /** Of each sample, with all of its pictures. */
  private static List<Integer> rows(RunPlan plan) {
    try (ModelSources sources = ModelSources.open(plan.model())) {
      return samples(plan).stream()
          .map(
              sample ->
                  sample.tokens().length
                      - sample.pictures().size()
                      + sample.pictures().stream()
                          .mapToInt(sources.description().config()::imageTokens)
                          .sum())
          .toList();
    }
  }

  private static List<Problem> problems(RunPlan plan) {
    try (ModelSources sources = ModelSources.open(plan.model())) {
      return Supervision.of(plan, stage(plan))
          .check(sources, 1)
          .run(stage(plan).datasets(), Progress.NONE);
    }
  }

  private List<Double> losses(TinyJob of) {
    CheckpointWriter writer =
        new CheckpointWriter(
            new CheckpointStore(folder.resolve("checkpoints")).of(0, "pod"),
            1,
            complete -> Set.of(),
            saved -> {},
            notice -> {},
            underWay -> {});
    StepWatch watch = new StepWatch();
    TinyTraining.run(plan(of), writer, watch);
    return watch.steps().stream().map(Event.Step::loss).toList();
  }
}
