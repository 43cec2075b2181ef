package io.litoperator.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.api.job.Problem;
import io.litoperator.operator.validation.InvalidJobs.InvalidJob;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.job.JobFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each job of {@code examples/invalid} is caught where it should be, for the reason it names. */
class InvalidJobsTest {

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.operator.validation.InvalidJobs#refused")
  void schemaAndRulesRefuse(InvalidJob invalid) {
    Failure failure = catchThrowableOfType(Failure.class, () -> JobFile.admit(invalid.file()));

    assertThat(failure).hasMessageContaining(": " + invalid.field() + ": " + invalid.text());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.litoperator.operator.validation.InvalidJobs#failed")
  void validationFails(InvalidJob invalid) {
    assertThat(JobValidation.problems(JobFile.admit(invalid.file())))
        .contains(new Problem(invalid.field(), invalid.text()));
  }

  @Test
  void aGoodJobHasNoProblems() {
    Path quickstart = Path.of("../examples/quickstart/job.yaml");

    assertThat(JobValidation.problems(JobFile.admit(quickstart))).isEmpty();
  }
}
