package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 5. Invalid jobs: each is refused at admission or fails with its reason, without Pods. The first
 * line of each file says which, the field, and what must be told of it.
 */
@Scenario
@Order(5)
class InvalidJobsIT {
  private static final Pattern FIRST_LINE =
      Pattern.compile("# (refused|failed): ([^ :]+)(?:: (.+))?");

  private final Testbed testbed;

  InvalidJobsIT(Testbed testbed) {
    this.testbed = testbed;
  }

  private record InvalidJob(Path file, String fate, String field, String text) {
    @Override
    public String toString() {
      return file.getFileName().toString();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefusedAtAdmission(InvalidJob invalid) {
    assertThatThrownBy(() -> apply(invalid.file()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isIn(400, 422))
        .hasMessageContaining(invalid.field())
        .hasMessageContaining(invalid.text());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failed")
  void failsWithItsReasonAndNoPod(InvalidJob invalid) {
    try (RunningJob job = testbed.apply(JobFile.read(invalid.file()))) {
      LitTrainingJobStatus end = job.await(Phase.FAILED, Duration.ofMinutes(1));

      assertThat(end.conditions())
          .filteredOn(condition -> condition.getType().equals("Valid"))
          .singleElement()
          .satisfies(condition -> assertThat(condition.getStatus()).isEqualTo("False"))
          .extracting(Condition::getMessage)
          .isEqualTo(invalid.field() + ": " + invalid.text());
      assertThat(end.restarts().byReason()).isEmpty();
      assertThat(end.members()).isNullOrEmpty();
      assertThat(job.pods()).isEmpty();
    }
  }

  /** As {@code kubectl apply} does it: fields that nobody knows are refused. */
  private void apply(Path file) throws IOException {
    String yaml = Files.readString(file);
    testbed
        .client()
        .resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .inNamespace(Testbed.NAMESPACE)
        .fieldValidation(Validation.STRICT)
        .create();
  }

  static Stream<InvalidJob> refused() throws IOException {
    return all().filter(job -> job.fate().equals("refused"));
  }

  static Stream<InvalidJob> failed() throws IOException {
    return all().filter(job -> job.fate().equals("failed"));
  }

  private static Stream<InvalidJob> all() throws IOException {
    try (Stream<Path> files = Files.list(Testbed.repository().resolve("examples/invalid"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(found).hasSizeGreaterThan(40);
      return Stream.of(found.stream().map(InvalidJobsIT::read).toArray(InvalidJob[]::new));
    }
  }

  private static InvalidJob read(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      Matcher first = FIRST_LINE.matcher(lines.findFirst().orElse(""));
      assertThat(first.matches()).as("first line of " + file).isTrue();
      String text = first.group(3) == null ? "" : first.group(3);
      return new InvalidJob(file, first.group(1), first.group(2), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
