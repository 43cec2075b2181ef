package io.litoperator.worker.plan.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.api.job.Venue;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.ObjectiveSpec;
import io.litoperator.api.v1alpha1.Part;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class JobFileTest {
  @TempDir Path folder;

  @Test
  void readsWhatIsGiven() throws IOException {
    LitTrainingJobSpec spec = JobFile.read(write(job()), Venue.MACHINE).getSpec();

    assertThat(spec.model().visionTower().featureLayer()).isEqualTo(-1);
    assertThat(spec.pretrain().optimizer().learningRate()).isEqualTo(2e-3);
    assertThat(spec.finetune().objective().templates().builtin())
        .isEqualTo(ObjectiveSpec.Builtin.PAPER_LLAVA_NEXT);
    assertThat(spec.evaluate().tasks()).hasSize(2);
    assertThat(spec.topology().ranksPerNode()).isEqualTo(2);
  }

  @Test
  void fillsInTheDefaultsOfTheCrd() throws IOException {
    LitTrainingJobSpec spec = JobFile.read(write(job()), Venue.MACHINE).getSpec();

    assertThat(spec.seed()).isEqualTo(42);
    assertThat(spec.finetune().trainable()).containsExactly(Part.CONNECTOR, Part.LANGUAGE_MODEL);
    assertThat(spec.finetune().optimizer().betas()).containsExactly(0.9, 0.999);
    assertThat(spec.finetune().optimizer().epsilon()).isEqualTo(1e-8);
    assertThat(spec.finetune().dataset().get(0).weight()).isEqualTo(1.0);
    assertThat(spec.recovery().maxRestarts()).isEqualTo(10);
    assertThat(spec.recovery().hangTimeout()).isEqualTo("20m");
    assertThat(spec.sharding()).isEqualTo(LitTrainingJobSpec.Sharding.NONE);
  }

  @Test
  void acceptsWhatConcernsTheClusterOnly() throws IOException {
    String cluster =
        """
          image: example/worker:1
          suspend: true
          managedBy: example.com/other
          scheduling: {queueName: team-a, gang: kueue}
          ttlSecondsAfterFinished: 60
          template:
            resources: {limits: {memory: 8Gi, cpu: 2}}
            volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            tolerations: [{key: gpu, operator: Exists}]
        """;
    LitTrainingJobSpec spec = JobFile.read(write(job() + cluster), Venue.MACHINE).getSpec();

    assertThat(spec.template().resources().getLimits()).containsKeys("memory", "cpu");
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "refused.csv",
      delimiter = '|',
      numLinesToSkip = 1,
      maxCharsPerColumn = 2000)
  void refuses(String name, String from, String to, String expected) throws IOException {
    String text = job();
    assertThat(text).contains(from);
    Path file = write(text.replace(from, to == null ? "" : to.replace("\\n", "\n")));

    Failure failure = catchThrowableOfType(Failure.class, () -> JobFile.read(file, Venue.MACHINE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessage(file + ":" + expected.replace("\\n", "\n" + file + ":"));
  }

  @Test
  void tellsTheFirstProblemsAndCountsTheRest() throws IOException {
    String text = job().replace("Size: ", "Sizes: ").replace("a: ", "b: ").replace("s: [", "z: [");

    Failure failure =
        catchThrowableOfType(Failure.class, () -> JobFile.read(write(text), Venue.MACHINE));

    assertThat(failure.getMessage().lines()).hasSize(6);
    assertThat(failure.getMessage()).endsWith(" more.").contains("globalBatchSizes: unknown field");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    Path file = write("# nothing\n");

    Failure failure = catchThrowableOfType(Failure.class, () -> JobFile.read(file, Venue.MACHINE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure)
        .hasMessage(
            file + ": a job must be a YAML mapping with apiVersion, kind, metadata and spec.");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("job.yaml"), new byte[] {'a', ':', (byte) 0xff});

    Failure failure = catchThrowableOfType(Failure.class, () -> JobFile.read(file, Venue.MACHINE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(failure).hasMessageContaining("not text in UTF-8");
  }

  @Test
  void saysThatTheFileIsMissing() {
    Path file = folder.resolve("absent.yaml");

    Failure failure = catchThrowableOfType(Failure.class, () -> JobFile.read(file, Venue.MACHINE));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT_MISSING);
    assertThat(failure).hasMessage("There is no job file " + file + ".");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("job.yaml"), text);
  }

  private static String job() throws IOException {
    try (InputStream job = JobFileTest.class.getResourceAsStream("job.yaml")) {
      return new String(job.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
