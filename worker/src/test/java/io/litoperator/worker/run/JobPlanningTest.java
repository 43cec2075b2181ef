package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.checkpoint.Fingerprint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.hub.FakeHub;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose language model is on the hub. */
class JobPlanningTest {
  private static final String FIRST = "1".repeat(40);
  private static final String SECOND = "2".repeat(40);

  @TempDir Path folder;
  private FakeHub hub;
  private Path file;

  @BeforeEach
  void makeJob() throws IOException {
    TinyJob job = TinyJob.in(folder.resolve("job"));
    job.plan(folder.resolve("unused"));
    file = job.folder().resolve("job.yaml");
    Files.writeString(
        file,
        Files.readString(file).replace("source: language-model", "source: hf://owner/decoder"));
    hub = FakeHub.of("models/owner/decoder").with("model.safetensors", "weights");
    try (Stream<Path> files = Files.list(job.folder().resolve("language-model"))) {
      for (Path each : files.toList()) {
        hub.with(each.getFileName().toString(), Files.readAllBytes(each));
      }
    }
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void weightsComeOnlyToRun() {
    RunPlan looked = planning("a").withoutWeights();

    Path model = looked.model().languageModel().orElseThrow();
    assertThat(model)
        .isEqualTo(
            folder.resolve("cache-a/huggingface/hub/models--owner--decoder/snapshots/" + FIRST));
    assertThat(model.resolve("config.json")).exists();
    assertThat(model.resolve("model.safetensors")).doesNotExist();
    assertThat(planning("a").withWeights(looked)).isEqualTo(looked);
    assertThat(model.resolve("model.safetensors")).hasContent("weights");
  }

  @Test
  void aJobThatGoesOnTakesTheCommitThatItBeganWith() {
    RunPlan begun = planning("a").withoutWeights();
    SourceRecord.of(begun).keep(begun, false);
    hub.commit(SECOND);

    RunPlan again = planning("b").withoutWeightsAgain();
    RunPlan afresh = planning("c").withoutWeights();

    assertThat(again.copies().get(0).origin()).isEqualTo("hf://owner/decoder@" + FIRST);
    assertThat(again.model()).as("another machine's cache").isNotEqualTo(begun.model());
    assertThat(Fingerprint.ofPlan(again)).isEqualTo(Fingerprint.ofPlan(begun));
    assertThat(Fingerprint.ofPlan(begun).firstDifference(Fingerprint.ofPlan(afresh)))
        .contains(
            new Fingerprint.Difference(
                "model.languageModel",
                "hf://owner/decoder@" + FIRST,
                "hf://owner/decoder@" + SECOND));
  }

  @Test
  void nodesThatStartApartTakeTheSame() {
    RunPlan first = planning("a").withOthers();
    hub.commit(SECOND);
    RunPlan second = planning("b").withOthers();

    assertThat(second.copies().get(0).origin()).isEqualTo(first.copies().get(0).origin());
  }

  @Test
  void whatIsNotThereIsToldByItsField() throws IOException {
    Files.writeString(file, Files.readString(file).replace("owner/decoder", "owner/other"));

    assertThatThrownBy(() -> planning("a").withoutWeights())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INPUT_MISSING))
        .hasMessageStartingWith(
            "spec.model.languageModel.source: hf://owner/other is not there; correct the name");
  }

  private JobPlanning planning(String machine) {
    return JobPlanning.of(
        JobFile.read(file, Venue.MACHINE),
        Places.of(file.getParent()),
        new Overrides(
            Optional.empty(), OptionalLong.empty(), Optional.of(folder.resolve("output"))),
        folder.resolve("cache-" + machine),
        Map.of("HF_ENDPOINT", hub.endpoint().toString()),
        Progress.NONE);
  }
}
