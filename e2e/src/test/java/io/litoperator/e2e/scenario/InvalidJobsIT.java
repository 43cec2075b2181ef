package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 5. Invalid jobs: each is refused at admission or fails with its reason, without Pods. The first
 * line of each file says which, and what must be told.
 */
@Scenario
@Order(5)
class InvalidJobsIT {
  private static final String REFUSED = "# refused: ";
  private static final String FAILED = "# failed: ";

  private final Testbed testbed;

  InvalidJobsIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefusedAtAdmission(String name, Path file) throws IOException {
    assertThatThrownBy(
            () ->
                testbed
                    .client()
                    .resource(Files.readString(file))
                    .inNamespace(Testbed.NAMESPACE)
                    .create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422))
        .hasMessageContaining(told(file, REFUSED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failed")
  void failsWithItsReasonAndNoPod(String name, Path file) throws IOException {
    try (RunningJob job = testbed.apply(JobFile.read(file))) {
      LitTrainingJobStatus end = job.await(Phase.FAILED, Duration.ofMinutes(1));

      assertThat(end.conditions())
          .filteredOn(condition -> condition.getType().equals("Valid"))
          .singleElement()
          .satisfies(condition -> assertThat(condition.getStatus()).isEqualTo("False"))
          .extracting(Condition::getMessage)
          .asString()
          .contains(told(file, FAILED));
      assertThat(job.pods()).isEmpty();
      assertThat(end.attempt()).isNull();
    }
  }

  static Stream<Object[]> refused() throws IOException {
    return files(REFUSED);
  }

  static Stream<Object[]> failed() throws IOException {
    return files(FAILED);
  }

  private static Stream<Object[]> files(String kind) throws IOException {
    try (Stream<Path> files = Files.list(Testbed.repository().resolve("examples/invalid"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(found).isNotEmpty();
      return found.stream()
          .filter(file -> firstLine(file).startsWith(kind))
          .map(file -> new Object[] {file.getFileName().toString(), file});
    }
  }

  private static String told(Path file, String kind) {
    return firstLine(file).substring(kind.length());
  }

  private static String firstLine(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
