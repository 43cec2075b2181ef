package io.litoperator.operator.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.plan.Scene;
import io.litoperator.operator.snapshot.Jobs;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class JobLogTest {
  private static final Logger log = LoggerFactory.getLogger(JobLogTest.class);

  @Test
  void aLineAboutAJobNamesItAndItsAttempt() {
    LitTrainingJob job = Jobs.of(2);
    job.getMetadata().setNamespace("ns");
    job.getMetadata().setName("job");
    LitTrainingJob restarted = Jobs.of(2);
    restarted.getMetadata().setNamespace("ns");
    restarted.getMetadata().setName("other");
    restarted.setStatus(Scene.training("").exit(1, 70).carryOut().status());

    try (LoggedLines logged = new LoggedLines(JobLogTest.class)) {
      JobLog.with(job, () -> log.info("begins"));
      JobLog.with(restarted, () -> log.info("begins again"));
      JobLog.with("ns", "unknown", Optional.empty(), () -> log.info("is not there"));
      log.info("starts");

      assertThat(logged.lines())
          .satisfiesExactly(
              line -> assertThat(line).endsWith(" ns/job 1 begins\n"),
              line -> assertThat(line).endsWith(" ns/other 2 begins again\n"),
              line -> assertThat(line).endsWith(" ns/unknown  is not there\n"),
              line -> assertThat(line).endsWith("]   starts\n"));
    }
  }
}
