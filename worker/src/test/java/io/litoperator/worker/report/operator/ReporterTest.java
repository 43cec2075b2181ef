package io.litoperator.worker.report.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Histories;
import io.litoperator.worker.report.operator.Reporter.Wish;
import io.litoperator.worker.report.operator.TestOperator.Answer;
import io.litoperator.worker.report.operator.TestOperator.Received;
import io.litoperator.worker.transfer.TestCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reporter against a real HTTPS server. */
@Timeout(60)
@SuppressWarnings("try") // Some reporters report by being there.
class ReporterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final ReportedJob JOB =
      new ReportedJob(
          List.of(new ReportedJob.Stage("finetune", OptionalInt.of(30))),
          false,
          3,
          UnaryOperator.identity());

  @TempDir private static Path certificates;
  private static TestCertificate first;
  private static TestCertificate second;

  @TempDir Path folder;
  private TestOperator operator;
  private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    first = TestCertificate.make(certificates, "first", "first.crt");
    second = TestCertificate.make(certificates, "second", "second.crt");
  }

  @BeforeEach
  void startOperator() throws Exception {
    operator = new TestOperator(folder, first);
  }

  @AfterEach
  void stopOperator() {
    operator.close();
  }

  @Test
  void whatIsImportantIsToldAtOnceAndTheRestWaits() throws Exception {
    try (Reporter reporter = reporter(LONG)) {
      assertThat(operator.next().report().activity()).isEqualTo(Activity.WAITING);
      reporter.on(new GangEvent.AttemptStarted(4, null));
      reporter.on(new Event.StageStarted("finetune", 0, 30, 64, 9));
      Received begun = operator.next();
      while (begun.report().activity() != Activity.FINETUNING) {
        begun = operator.next();
      }
      assertThat(begun.report().attempt()).isEqualTo(4);
      assertThat(begun.authorization()).isEqualTo("Bearer first-token");

      reporter.on(step(1));
      reporter.on(step(2));
      reporter.on(new Event.CheckpointSaved("finetune", 2, "/c/finetune-2", 5, "ab", 0.1));

      Received saved = operator.next();
      assertThat(saved.report().progress().step()).isEqualTo(2);
      assertThat(saved.report().checkpoints()).hasSize(1);
      assertThat(saved.report().sequence()).isGreaterThan(begun.report().sequence());
    }
  }

  @Test
  void withoutAnythingImportantAReportComesEveryInterval() throws Exception {
    try (Reporter reporter = reporter(Duration.ofMillis(50))) {
      reporter.on(step(1));
      long first = operator.next().report().sequence();
      assertThat(operator.next().report().sequence()).isEqualTo(first + 1);
      assertThat(operator.next().report().sequence()).isEqualTo(first + 2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {400, 401, 403, 404, 413, 500, 503})
  void aReportThatIsNotTakenIsFollowedByANewerOne(int status) throws Exception {
    operator.answers(Answer.refused(status));
    try (Reporter reporter = reporter(LONG)) {
      operator.next();
      reporter.on(step(7));
      assertThat(operator.next().report().sequence()).isEqualTo(2);
      assertThat(log.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).contains(status + ": No.");
      assertThat(wishes).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {429, 503})
  void theOperatorIsNotAskedBeforeItWantsToBe(int status) throws Exception {
    operator.answers(Answer.later(status, "1"));
    try (Reporter reporter = reporter(LONG)) {
      Received refused = operator.next();
      reporter.on(new GangEvent.AttemptStarted(9, null));
      Received taken = operator.next();
      assertThat(Duration.ofNanos(taken.nanoTime() - refused.nanoTime()))
          .isGreaterThan(Duration.ofMillis(900));
      assertThat(taken.report().attempt()).isEqualTo(9);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"checkpointAndStop, CHECKPOINT_AND_STOP", "abort, ABORT"})
  void directivesArePassedOn(String directive, Wish wish) throws Exception {
    operator.answers(Answer.directive(directive));
    try (Reporter reporter = reporter(LONG)) {
      assertThat(wishes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(wish);
    }
  }

  @Test
  void aPodThatWasReplacedEnds() throws Exception {
    operator.answers(Answer.refused(409));
    try (Reporter reporter = reporter(LONG)) {
      assertThat(wishes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Wish.LEAVE);
      assertThat(log.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).contains("another Pod");
    }
  }

  @Test
  void tokenAndCertificatesAreReadAgainWhenTheyAreReplaced() throws Exception {
    try (Reporter reporter = reporter(LONG)) {
      operator.next();
      Files.writeString(folder.resolve("token"), "second-token");
      reporter.on(new GangEvent.AttemptStarted(2, null));
      assertThat(operator.next().authorization()).isEqualTo("Bearer second-token");
    }
    Reporter.Endpoint before = operator.endpoint();
    try (TestOperator other = new TestOperator(folder, second);
        Reporter reporter = reporter(before, LONG)) {
      // The first operator's certificate is not trusted any more.
      assertThat(log.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).contains("cannot be reached");
      assertThat(reporter.end(ExitCode.DONE, Duration.ofMillis(50))).isFalse();
      try (Reporter trusting = reporter(other.endpoint(), LONG)) {
        assertThat(other.next().report().sequence()).isEqualTo(1);
        assertThat(trusting.end(ExitCode.DONE, PATIENCE)).isTrue();
      }
    }
  }

  @Test
  void theEndIsAwaitedOverRefusals() throws Exception {
    try (Reporter reporter = reporter(LONG)) {
      operator.next();
      operator.answers(Answer.refused(503), Answer.refused(401));
      reporter.on(step(30));
      assertThat(reporter.end(ExitCode.DONE, PATIENCE)).isTrue();
      assertThat(operator.next().report().activity()).isEqualTo(Activity.DONE);
    }
  }

  @Test
  void anOperatorThatNeverAnswersHoldsNothingUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Reporter reporter = reporter(at(silent.getLocalPort()), LONG)) {
      for (int i = 1; i < 1000; i++) {
        reporter.on(new GangEvent.AttemptStarted(i, null));
      }
      assertThat(reporter.end(ExitCode.DONE, Duration.ofMillis(100))).isFalse();
    }
  }

  private Reporter.Endpoint at(int port) {
    return new Reporter.Endpoint(
        URI.create("https://localhost:" + port + "/progress"),
        folder.resolve("token"),
        folder.resolve("ca.crt"));
  }

  private Reporter reporter(Duration interval) {
    return reporter(operator.endpoint(), interval);
  }

  private Reporter reporter(Reporter.Endpoint endpoint, Duration interval) {
    return new Reporter(
        JOB,
        1,
        Reporter.Inheritance.NONE,
        Optional.of(endpoint),
        wishes::add,
        log::add,
        new Reporter.Timing(interval, SHORT, SHORT));
  }

  private static Event.Step step(long number) {
    return new Event.Step(
        "finetune",
        number,
        1000,
        0.5,
        0.4,
        null,
        0.4,
        1e-3,
        1.5,
        10,
        200,
        null,
        Histories.TIMES,
        1 << 20,
        5);
  }
}
