package io.litoperator.operator.metrics;

import static io.litoperator.operator.metrics.Observed.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.metrics.Happening.Finished;
import io.litoperator.operator.metrics.Happening.FirstStep;
import io.litoperator.operator.metrics.Happening.PodsMade;
import io.litoperator.operator.metrics.Happening.Recovered;
import io.litoperator.operator.metrics.Happening.Restarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Each thing that happens to a job counts once: whenever one looks, and whoever does. */
class TallyTest {
  private static final Observed NEW = created("a");
  private static final Observed TRAINING = NEW.withPods().pretrained(1, 9, 40);

  @Example
  void aJobThatGotGoingBetweenTwoLooksCountsInFull() {
    assertThat(counted(NEW, TRAINING)).containsExactly(pods(2), firstStep(40));
  }

  @Example
  void whatWasBeforeTheFirstSightIsAnothersToCount() {
    assertThat(counted(TRAINING.failed("Hang", 50), TRAINING.failed("Hang", 50))).isEmpty();
  }

  @Example
  void aJobThatIsSightedBeforeItsFirstStepHasThatToCount() {
    assertThat(counted(NEW.withPods().pretrained(1, 0, 30), TRAINING))
        .containsExactly(firstStep(40));
  }

  @Example
  void aResumedJobsPodsAreNotItsFirst() {
    Observed suspended = TRAINING.suspended();
    Observed resumed = suspended.startedAt(900);

    assertThat(counted(NEW, TRAINING, suspended, resumed)).containsOnlyOnce(pods(2)).hasSize(2);
    assertThat(counted(suspended, resumed)).isEmpty();
  }

  @Example
  void aJobThatWasCreatedSuspendedHasItsFirstPodsYetToCome() {
    assertThat(counted(NEW.suspended(), NEW.startedAt(900))).containsExactly(pods(900));
  }

  @Example
  void theSecondStagesFirstStepIsNotTheJobs() {
    Observed next = TRAINING.trained(1, 0, 60);

    assertThat(counted(TRAINING, next, next.trained(1, 1, 70))).isEmpty();
    assertThat(counted(next, next.trained(1, 1, 70))).isEmpty();
    assertThat(counted(NEW.withPods(), next)).containsExactly(firstStep(60));
  }

  @Example
  void anAttemptThatBeginsAnewDoesNotTakeTheFirstStepAgain() {
    Observed anew = TRAINING.failed("RankFailed", 50).pretrained(2, 0, 60);

    assertThat(counted(TRAINING, anew, anew.pretrained(2, 1, 70)))
        .doesNotHaveAnyElementsOfTypes(FirstStep.class);
    assertThat(counted(anew, anew.pretrained(2, 1, 70))).isEmpty();
  }

  @Example
  void aRecoveryLastsFromTheFailureToTheNextAttemptsReport() {
    Observed failed = TRAINING.failed("Hang", 50);
    Observed late = failed.pretrained(1, 10, 51);

    assertThat(counted(TRAINING, failed, late)).containsExactly(new Restarted("Hang", 1));
    assertThat(
            counted(TRAINING, failed, late, late.pretrained(2, 5, 62), late.pretrained(2, 6, 70)))
        .containsExactly(new Restarted("Hang", 1), recovered("Hang", 12));
  }

  @Example
  void aRecoveryBetweenTwoLooksIsSeenToo() {
    assertThat(
            counted(TRAINING, TRAINING.failed("Hang", 49).failed("Hang", 50).pretrained(3, 10, 53)))
        .containsExactly(new Restarted("Hang", 2), recovered("Hang", 3));
  }

  @Example
  void anOutageOfSeveralFailuresIsOne() {
    Observed first = TRAINING.failed("NodeLost", 50);
    Observed second = first.failed("PeerLost", 60);

    assertThat(counted(TRAINING, first, second, second.pretrained(3, 9, 80)))
        .contains(recovered("NodeLost", 30))
        .hasSize(3);
  }

  @Example
  void aResizedJobHasNotRecoveredFromItsLastFailure() {
    Observed worked = TRAINING.failed("Hang", 50).pretrained(2, 9, 60);
    Observed resized = worked.resized();

    assertThat(counted(worked, resized, resized.pretrained(3, 9, 990)))
        .containsExactly(new Restarted("Resized", 1));
  }

  @Example
  void suspendingEndsAnOutageWithoutARecovery() {
    Observed failed = TRAINING.failed("Hang", 50);
    Observed suspended = failed.suspended();

    assertThat(counted(TRAINING, failed, suspended, suspended.startedAt(900).pretrained(3, 9, 990)))
        .containsExactly(new Restarted("Hang", 1));
  }

  @Example
  void aJobThatEndsInAnOutageHasNotRecovered() {
    Observed failed = TRAINING.failed("Hang", 50);

    assertThat(counted(TRAINING, failed, failed.in(Phase.FAILED)))
        .containsExactly(new Restarted("Hang", 1), new Finished("team", false));
  }

  @Example
  void anEndCountsOnceAndByWhoeverSawTheJobBeforeIt() {
    Observed done = TRAINING.in(Phase.SUCCEEDED);

    assertThat(counted(TRAINING, done, done)).containsExactly(new Finished("team", true));
    assertThat(counted(TRAINING, done, TRAINING, done)).hasSize(1);
    assertThat(counted(done, done)).isEmpty();
  }

  /** Looks may be rare, and see an older status after a newer one. */
  @Property(tries = 500)
  void onceEach(@ForAll("lives") List<Observed> life, @ForAll("looks") List<Integer> looks) {
    List<Observed> seen = new ArrayList<>(List.of(life.get(0)));
    looks.stream().filter(look -> look < life.size()).map(life::get).forEach(seen::add);
    seen.add(life.get(life.size() - 1));

    assertCountsAreOf(seen.get(seen.size() - 1), counted(seen));
  }

  /** One process follows another, which sights the job where the first left it. */
  @Property(tries = 500)
  void onceEachByTwo(@ForAll("lives") List<Observed> life, @ForAll("looks") List<Integer> looks) {
    int handover = looks.get(0) % life.size();

    List<Happening> all = new ArrayList<>(counted(life.subList(0, handover + 1)));
    all.addAll(counted(life.subList(handover, life.size())));

    assertCountsAreOf(life.get(life.size() - 1), all);
    assertThat(count(all, PodsMade.class)).isEqualTo(count(counted(life), PodsMade.class));
    assertThat(count(all, FirstStep.class)).isEqualTo(count(counted(life), FirstStep.class));
  }

  private static void assertCountsAreOf(Observed last, List<Happening> happenings) {
    Map<String, Integer> restarts = new TreeMap<>();
    for (Happening happening : happenings) {
      if (happening instanceof Restarted restarted) {
        restarts.merge(restarted.reason(), restarted.times(), Integer::sum);
      }
    }
    assertThat(restarts).isEqualTo(last.restarts());
    assertThat(count(happenings, PodsMade.class)).isLessThanOrEqualTo(1);
    assertThat(count(happenings, FirstStep.class)).isLessThanOrEqualTo(1);
    assertThat(count(happenings, Recovered.class))
        .isLessThanOrEqualTo(restarts.values().stream().mapToLong(times -> times).sum());
  }

  @Provide
  Arbitrary<List<Integer>> looks() {
    return Arbitraries.integers().between(0, 19).list().ofMinSize(1).ofMaxSize(12);
  }

  /** From the creation on, one change after the other. */
  @Provide
  Arbitrary<List<Observed>> lives() {
    return Arbitraries.of(Set.of("start", "train", "stage", "fail", "resize", "suspend"))
        .list()
        .ofMinSize(1)
        .ofMaxSize(19)
        .map(
            changes -> {
              List<Observed> life = new ArrayList<>(List.of(NEW));
              for (String change : changes) {
                int now = 10 * life.size();
                life.add(after(life.get(life.size() - 1), change, now));
              }
              return life;
            });
  }

  private static Observed after(Observed job, String change, int now) {
    if (job.startedAt() == null) {
      return change.equals("start") ? job.startedAt(now) : job;
    }
    boolean second = job.report() != null && job.report().stage().equals("finetune");
    long step = job.report() == null ? 0 : job.report().step();
    return switch (change) {
      case "train" ->
          second
              ? job.trained(job.attempt(), step + 1, now)
              : job.pretrained(job.attempt(), step + 1, now);
      case "stage" -> second || job.report() == null ? job : job.trained(job.attempt(), 0, now);
      case "fail" -> job.failed(now % 20 == 0 ? "Hang" : "PodDeleted", now);
      case "resize" -> job.resized();
      case "suspend" -> job.suspended();
      default -> job;
    };
  }

  private static List<Happening> counted(Observed... looks) {
    return counted(List.of(looks));
  }

  /** What a process counts that sights the first of these and looks at the others. */
  private static List<Happening> counted(List<Observed> looks) {
    Tally tally = Tally.of(looks.get(0).job());
    List<Happening> all = new ArrayList<>();
    for (Observed look : looks.subList(1, looks.size())) {
      Tally.Growth growth = tally.next(look.job());
      all.addAll(growth.happenings());
      tally = growth.tally();
    }
    return all;
  }

  private static long count(List<Happening> happenings, Class<? extends Happening> type) {
    return Stream.of(happenings).flatMap(List::stream).filter(type::isInstance).count();
  }

  private static PodsMade pods(int seconds) {
    return new PodsMade(Duration.ofSeconds(seconds));
  }

  private static FirstStep firstStep(int seconds) {
    return new FirstStep(Duration.ofSeconds(seconds));
  }

  private static Recovered recovered(String reason, int seconds) {
    return new Recovered(reason, Duration.ofSeconds(seconds));
  }
}
