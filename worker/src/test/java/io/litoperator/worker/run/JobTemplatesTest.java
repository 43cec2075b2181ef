package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTemplatesTest {
  private static final String SAMPLE =
      """
      {"conversations": [{"from": "human", "value": "%s"}, {"from": "gpt", "value": "Yes."}]}
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectory(folder.resolve("model"));
    StringBuilder samples = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      samples.append(
          SAMPLE.formatted(
              "Is %d in it?%s"
                  .formatted(i, i % 2 == 0 ? "\\nAnswer in one word, it’s short." : "")));
    }
    samples.append("{\"conversations\": []}\n");
    Files.writeString(folder.resolve("data.jsonl"), samples);
  }

  private RunPlan plan(String templates) throws IOException {
    return plan(templates, Venue.MACHINE);
  }

  private RunPlan plan(String templates, Venue venue) throws IOException {
    Path file = folder.resolve("job.yaml");
    Files.writeString(
        file,
        """
        apiVersion: lit-operator.io/v1alpha1
        kind: LitTrainingJob
        metadata: {name: mined}
        spec:
          model: {from: model}
          finetune:
            dataset: [{annotations: data.jsonl}]
            globalBatchSize: 4
            objective: {templates: %s}
          topology: {ranksPerNode: 1, device: cpu}
        """
            .formatted(templates));
    return new Planner(Templates::builtin)
        .plan(
            JobFile.read(file, venue),
            new Places(folder, folder, folder.resolve("templates")),
            Overrides.none());
  }

  private RunPlan withConfigMap(String content) throws IOException {
    Files.writeString(folder.resolve("templates"), content);
    return plan("{configMapKeyRef: {name: a, key: b}}", Venue.CLUSTER);
  }

  private static List<String> templates(RunPlan plan) {
    return plan.stages().get(0).labels().templates();
  }

  @Test
  void templatesAreMinedOnceAndKept() throws IOException {
    Path kept = folder.resolve("output/templates.txt");
    JobFiles files = new CheckpointStore(folder.resolve("output")).files();
    List<String> told = new ArrayList<>();
    RunPlan planned = plan("{mine: {minFrequency: 100}}");
    RunPlan ready = JobTemplates.ready(planned, files, told::add);
    assertThat(templates(planned)).isEmpty();
    assertThat(templates(ready)).containsExactly("Answer in one word, it's short.");
    assertThat(kept).hasContent("Answer in one word, it's short.");
    assertThat(told).singleElement().asString().contains("Mined 1 task templates", kept.toString());

    Files.writeString(folder.resolve("data.jsonl"), SAMPLE.formatted("Is it new?"));
    assertThat(JobTemplates.ready(planned, files, told::add)).isEqualTo(ready);
    assertThat(told).hasSize(1);
  }

  @Test
  void checkpointsAreComparedByTheMinedList() throws IOException {
    RunPlan ready = JobTemplates.ready(plan("{mine: {minFrequency: 100}}"), Progress.NONE);
    RunPlan other = JobTemplates.ready(plan("{mine: {minFrequency: 301}}"), Progress.NONE);
    assertThat(templates(other)).isEmpty();
    assertThat(Fingerprint.ofPlan(ready).fields())
        .containsEntry("finetune.labels.templates[0]", "Answer in one word, it's short.")
        .containsEntry("finetune.labels.mine.minFrequency", "100");
    assertThat(Fingerprint.ofPlan(ready).digest()).isNotEqualTo(Fingerprint.ofPlan(other).digest());
  }

  @Test
  void aJobMasksWhatItsConfigMapHeldAtItsBeginning() throws IOException {
    Path kept = folder.resolve("output/templates.txt");
    JobFiles files = new CheckpointStore(folder.resolve("output")).files();
    List<String> told = new ArrayList<>();
    RunPlan first = withConfigMap("It’s a template.\r\n\n  And one: \n");
    assertThat(templates(first)).containsExactly("It's a template.", "And one:");
    assertThat(JobTemplates.kept(first, files, told::add)).isEqualTo(first);
    assertThat(JobTemplates.kept(first, files, told::add)).isEqualTo(first);
    assertThat(told).isEmpty();

    assertThat(JobTemplates.kept(withConfigMap("Another."), files, told::add)).isEqualTo(first);
    assertThat(told).singleElement().asString().contains("has changed", kept.toString());
  }

  @Test
  void podsThatBeginTogetherMaskTheSame() throws Exception {
    List<RunPlan> plans = List.of(withConfigMap("Of one."), withConfigMap("Of the other."));
    CyclicBarrier together = new CyclicBarrier(plans.size());
    ExecutorService pods = Executors.newFixedThreadPool(plans.size());
    for (int round = 0; round < 50; round++) {
      JobFiles files = new CheckpointStore(folder.resolve("output-" + round)).files();
      List<Callable<List<String>>> starts = new ArrayList<>();
      for (RunPlan plan : plans) {
        starts.add(
            () -> {
              together.await();
              return templates(JobTemplates.kept(plan, files, sentence -> {}));
            });
      }
      List<Future<List<String>>> used = pods.invokeAll(starts);
      assertThat(used.get(0).get()).isEqualTo(used.get(1).get());
    }
    pods.shutdown();
  }

  @Test
  void aConfigMapWithoutTemplatesIsRefused() {
    assertThatThrownBy(() -> withConfigMap(" \n"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageStartingWith("spec.finetune.objective.templates.configMapKeyRef: the entry has");
  }

  @Test
  void aJobMayGiveItsOwn() throws IOException {
    RunPlan plan = plan("{list: ['It’s a template.', 'And one:']}");
    assertThat(templates(plan)).containsExactly("It's a template.", "And one:");
    assertThat(JobTemplates.ready(plan, Progress.NONE)).isEqualTo(plan);
  }
}
