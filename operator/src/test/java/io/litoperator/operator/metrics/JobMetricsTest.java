package io.litoperator.operator.metrics;

import static io.litoperator.operator.metrics.Observed.at;
import static io.litoperator.operator.metrics.Observed.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.snapshot.Jobs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final JobMetrics metrics = new JobMetrics(registry, 3);
  private int second;

  @Test
  void jobsAreCountedByPhase() {
    look(created("a"), created("b").in(Phase.FAILED), created("c").in(Phase.FAILED));

    assertThat(jobs("Pending")).isEqualTo(1);
    assertThat(jobs("Failed")).isEqualTo(2);
    assertThat(jobs("Succeeded")).isZero();
  }

  @Test
  void whatHappensAfterAJobWasSightedIsCountedHoweverLateOneLooks() {
    metrics.sight(created("a").job(), at(0));
    second = 500;
    look(created("a").withPods().trained(1, 1, 40).failed("Hang", 50).trained(2, 2, 62));

    assertThat(registry.get("lit.job.time.to.pods").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(2);
    assertThat(registry.get("lit.job.time.to.first.step").timer().totalTime(TimeUnit.SECONDS))
        .isEqualTo(62);
    assertThat(registry.get("lit.restarts").tag("reason", "Hang").counter().count()).isOne();
    assertThat(recoveries("Hang").totalTime(TimeUnit.SECONDS)).isEqualTo(12);
  }

  @Test
  void whatAJobWasBroughtToByOthersIsTheirsToCount() {
    metrics.sight(created("a").withPods().trained(2, 9, 40).failed("Hang", 50).job(), at(60));
    look(created("a").withPods().trained(2, 9, 40).failed("Hang", 50));
    look(created("b").withPods().trained(2, 9, 40).failed("Hang", 50));

    assertThat(registry.get("lit.restarts").tag("reason", "Hang").counter().count()).isZero();
    assertThat(registry.get("lit.job.time.to.pods").timer().count()).isZero();
    assertThat(registry.get("lit.job.time.to.first.step").timer().count()).isZero();
  }

  @Test
  void aJobThatIsSightedWhileAllAreListedIsNotForgotten() {
    metrics.look(
        () -> {
          metrics.sight(created("a").job(), at(0));
          return List.of();
        },
        at(1));
    look(created("a").withPods());

    assertThat(registry.get("lit.job.time.to.pods").timer().count()).isOne();
  }

  @Test
  void anotherJobOfTheSameNameIsAnother() {
    look(created("a"));
    look(created("a").withPods());
    look();
    look(created("a"));
    look(created("a").withPods());

    assertThat(registry.get("lit.job.time.to.pods").timer().count()).isEqualTo(2);
  }

  @Test
  void anUnknownReasonMakesNoSeriesOfItsOwn() {
    look(created("a"));
    look(created("a").failed("Whatever", 5));

    assertThat(registry.get("lit.restarts").tag("reason", "Other").counter().count()).isOne();
  }

  @Test
  void countersAreThereBeforeTheirFirstValue() {
    assertThat(registry.get("lit.restarts").tag("reason", "NodeLost").counter().count()).isZero();
    assertThat(recoveries("NodeLost").count()).isZero();
  }

  @Test
  void wallTimeBeginsWithTheFirstPod() {
    assertThat(JobWatch.begin(Jobs.of(1), at(0)).goodput()).isEmpty();
  }

  @Test
  void seriesAreBoundedAndGoWithTheirJob() {
    Observed[] five =
        IntStream.range(0, 5)
            .mapToObj(i -> created("job-" + i).withPods().trained(1, 10, 20))
            .toArray(Observed[]::new);
    look(five);
    assertThat(registry.find("lit.job.tokens.per.second").gauges()).hasSize(3);
    assertThat(registry.get("lit.jobs.unlisted").gauge().value()).isEqualTo(2);

    look(five[0]);
    assertThat(registry.find("lit.job.tokens.per.second").gauges())
        .singleElement()
        .satisfies(gauge -> assertThat(gauge.value()).isEqualTo(4096));

    look(five[0].in(Phase.SUCCEEDED));
    assertThat(registry.find("lit.job.tokens.per.second").gauges()).isEmpty();
  }

  @Test
  void ofMoreJobsThanHaveSeriesThoseThatEndedLastAreShown() {
    look(
        created("first").ended(Phase.FAILED, 10),
        created("second").ended(Phase.SUCCEEDED, 20),
        created("third").ended(Phase.FAILED, 30),
        created("waiting"));

    assertThat(registry.find("lit.job.phase").gauges())
        .extracting(gauge -> gauge.getId().getTag("job"))
        .containsExactlyInAnyOrder("waiting", "third", "second");
  }

  @Test
  void aJobHasTheSeriesOfItsPhaseAlone() {
    look(created("a").withPods());
    assertThat(phase("Starting").value()).isOne();

    look(created("a").withPods().trained(1, 10, 20).in(Phase.FAILED));
    assertThat(phase("Failed").value()).isOne();
    assertThat(registry.find("lit.job.phase").gauges()).hasSize(1);
  }

  @Test
  void whatTheRanksReportIsShownWhileTheyWork() {
    Observed trained = created("a").withPods().trained(1, 10, 20);
    look(trained);
    assertThat(registry.get("lit.job.loss").tag("job", "a").gauge().value()).isOne();
    assertThat(registry.find("lit.job.instruction.loss").gauges()).isEmpty();

    look(trained.in(Phase.RESTARTING));
    assertThat(registry.find("lit.job.loss").gauges()).isEmpty();
  }

  @Test
  void onlyAJobWithPodsHasGoodput() {
    Observed trained = created("a").withPods().trained(1, 10, 20);
    look(trained);
    look(trained);
    assertThat(registry.find("lit.job.goodput.ratio").gauges()).hasSize(1);

    for (Phase phase : List.of(Phase.FAILED, Phase.SUCCEEDED, Phase.SUSPENDED, Phase.QUEUED)) {
      look(trained.in(phase));
      assertThat(registry.find("lit.job.goodput.ratio").gauges()).as(phase.name()).isEmpty();
    }
  }

  @Test
  void endsAreCountedByNamespaceAndThereBeforeTheFirst() {
    look(created("a"), created("b"));
    assertThat(ended("team", "Failed")).isZero();
    assertThat(ended("team", "Succeeded")).isZero();

    look(created("a").in(Phase.FAILED), created("b").in(Phase.SUCCEEDED));
    look(created("a").in(Phase.FAILED), created("b").in(Phase.SUCCEEDED));
    assertThat(ended("team", "Failed")).isOne();
    assertThat(ended("team", "Succeeded")).isOne();
  }

  @Test
  void moreNamespacesThanHaveSeriesCountTogether() {
    for (int i = 0; i < 5; i++) {
      LitTrainingJob job = created("a").job();
      job.getMetadata().setNamespace("team-" + i);
      job.getMetadata().setUid("uid-" + i);
      metrics.sight(job, at(0));
      job.setStatus(created("a").in(Phase.FAILED).status());
      metrics.look(() -> List.of(job), at(1));
    }

    assertThat(ended("team-2", "Failed")).isOne();
    assertThat(ended("_other", "Failed")).isEqualTo(2);
    assertThat(registry.find("lit.jobs.finished").counters()).hasSize(2 * (3 + 1));
  }

  @Test
  void goodputIsTheShareOfTimeInWhichNewStepsWereTaken() {
    Observed started = created("a").withPods();
    look(started); // wall time from second 2
    second = 12;
    look(started.trained(1, 0, 12));
    second = 52;
    look(started.trained(1, 40, 52)); // 40 s useful
    second = 62;
    look(started.trained(2, 20, 62)); // restarted from step 20
    second = 102;
    look(started.trained(2, 60, 102)); // 20 of 40 steps are new: 20 s useful

    assertThat(registry.get("lit.job.goodput.ratio").gauge().value()).isEqualTo(60.0 / 100);
  }

  @Test
  void aStepThatOutlastsSeveralReportsIsUseful() {
    Goodput goodput = Goodput.begin(created("a").withPods().trained(1, 1, 0).status(), at(0));
    for (int now = 10; now <= 30; now += 10) {
      goodput =
          goodput.next(created("a").withPods().trained(1, now / 30 + 1, now).status(), at(now));
    }

    assertThat(goodput.useful()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void suspendedTimeIsNoWallTime() {
    Goodput goodput = Goodput.begin(created("a").withPods().status(), at(0));

    assertThat(goodput.next(created("a").withPods().in(Phase.SUSPENDED).status(), at(100)).wall())
        .isZero();
  }

  private void look(Observed... jobs) {
    metrics.look(() -> Stream.of(jobs).map(Observed::job).toList(), at(second++));
  }

  private Timer recoveries(String reason) {
    return registry.get("lit.recovery").tag("reason", reason).timer();
  }

  private Gauge phase(String phase) {
    return registry.get("lit.job.phase").tags("job", "a", "phase", phase).gauge();
  }

  private double ended(String namespace, String result) {
    return registry
        .get("lit.jobs.finished")
        .tags("namespace", namespace, "result", result)
        .counter()
        .count();
  }

  private double jobs(String phase) {
    return registry.get("lit.jobs").tag("phase", phase).gauge().value();
  }
}
