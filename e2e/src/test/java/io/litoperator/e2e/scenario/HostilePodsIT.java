package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * 6. Hostile Pods: the network keeps them from the job's Pods, what they send is refused and
 * counted, and nothing changes.
 */
@Scenario
@Order(6)
class HostilePodsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEN_MEGABYTES = 10 << 20;
  private static final Duration LONG = Duration.ofMinutes(3);

  private static final int DNS = 53;
  private static final int API_SERVER = 6443;
  private static final int PROGRESS = 8443;
  private static final int RENDEZVOUS = 29400;

  private static Testbed testbed;
  private static RunningJob job;
  private static RunningJob other;
  private static Reporter reporter;

  @BeforeAll
  static void startTwoJobs(Testbed testbed) {
    HostilePodsIT.testbed = testbed;
    job = testbed.apply(longJob("victim").onTwoNodes());
    other = testbed.apply(longJob("attacker"));
    job.steps().await("finetune", 1, LONG);
    other.steps().await("finetune", 1, LONG);
    job.await("reported", LONG, status -> status.coordinator() != null);
    // It has a Pod with a token, which is all that is asked of it.
    other.rest();
    reporter = new Reporter(testbed, job);
  }

  @AfterAll
  static void allIsCountedAndTheJobIsAsItWas() {
    try (RunningJob victim = job;
        RunningJob attacker = other;
        Reporter hostile = reporter) {
      attacker.goOn();
      hostile
          .answers()
          .forEach(
              (code, times) ->
                  assertThat(hostile.counted(code))
                      .as("answers with code " + code + " that the operator counts")
                      .isGreaterThanOrEqualTo(times));
      assertThat(attacker.status().phase()).isEqualTo(Phase.FINETUNING);
      LitTrainingJobStatus status = victim.status();
      assertThat(status.phase()).isEqualTo(Phase.FINETUNING);
      assertThat(status.attempt()).isEqualTo(1);
      assertThat(status.evaluations()).isNullOrEmpty();
      assertThat(status.restarts() == null ? 0 : status.restarts().total()).isZero();
    }
  }

  @Test
  void aForgedTokenIsRefused() throws Exception {
    assertThat(reporter.post("forged." + "x".repeat(800) + ".token", report(1, 1_000_000)))
        .isEqualTo(401);
  }

  @Test
  void anExpiredTokenIsRefused() throws Exception {
    String token = reporter.token(job.pod(0), audience(job));
    String expired = ExpiredToken.like(token, testbed.cluster().server().serviceAccountKey());

    assertThat(reporter.post(expired, report(1, 1_000_000))).isEqualTo(401);
  }

  @Test
  void aTokenForAnotherAudienceIsRefused() throws Exception {
    String token = reporter.token(job.pod(0), "https://kubernetes.default.svc.cluster.local");

    assertThat(reporter.post(token, report(1, 1_000_000))).isIn(401, 403);
  }

  @Test
  void theTokenOfAnotherJobsPodIsRefused() throws Exception {
    assertThat(reporter.post(reporter.token(other.pod(0), audience(other)), report(1, 1_000_000)))
        .isIn(401, 403);
    assertThat(reporter.post(reporter.token(other.pod(0), audience(job)), report(1, 1_000_000)))
        .isEqualTo(403);
  }

  @Test
  void theTokenOfAPodThatIsGoneIsRefused() throws Exception {
    Pod gone = testbed.client().resource(bystander("gone")).create();
    String token = reporter.token(gone, audience(job));
    testbed.client().resource(gone).withGracePeriod(0).delete();
    testbed.client().resource(gone).waitUntilCondition(Objects::isNull, 2, TimeUnit.MINUTES);

    assertThat(reporter.post(token, report(1, 1_000_000))).isIn(401, 403);
  }

  @Test
  void anOldAttemptAndAReplayAreRefused() throws Exception {
    String token = reporter.token(job.pod(0), audience(job));
    int attempt = job.status().attempt();

    assertThat(reporter.post(token, report(attempt - 1, 1_000_000))).isIn(400, 409);
    assertThat(reporter.post(token, report(attempt, 1))).isEqualTo(409);
  }

  @Test
  void tenMegabytesAreRefused() throws Exception {
    String token = reporter.token(job.pod(0), audience(job));

    assertThat(reporter.post(token, new byte[TEN_MEGABYTES])).isEqualTo(413);
  }

  @Test
  void aFloodIsSlowedDown() throws Exception {
    String token = reporter.token(job.pod(0), audience(job));
    int[] codes = new int[300];

    for (int i = 0; i < codes.length; i++) {
      codes[i] = reporter.post(token, report(1, 1));
    }

    assertThat(codes).containsOnly(409, 429).contains(429);
    job.awaitProgress(LONG);
  }

  @Test
  void onlyTheJobsPodsReachItsPorts() {
    assumeTrue(testbed.cluster().enforcesPolicies(), "this machine lacks iptables or ipset");
    Pod foreign = testbed.client().resource(bystander("foreign")).create();
    foreign = testbed.client().resource(foreign).waitUntilReady(2, TimeUnit.MINUTES);
    PodNetwork outside = PodNetwork.of(testbed, foreign);
    PodNetwork inside = PodNetwork.of(testbed, job.pod(1));
    String coordinator = job.pod(0).getStatus().getPodIP();
    String operator = testbed.operatorPod().getStatus().getPodIP();
    String controlPlane = testbed.cluster().address();

    assertThat(PodNetwork.of(testbed, job.pod(0)).listening())
        .contains(RENDEZVOUS)
        .noneMatch(port -> outside.reaches(coordinator, port));
    assertThat(outside.reaches(operator, PROGRESS)).isFalse();
    assertThat(outside.reaches(controlPlane, API_SERVER)).isTrue();

    assertThat(inside.reaches(coordinator, RENDEZVOUS)).isTrue();
    assertThat(inside.reaches(operator, PROGRESS)).isTrue();
    assertThat(inside.reaches(controlPlane, DNS)).isTrue();
    assertThat(inside.reaches(controlPlane, API_SERVER)).isFalse();
    testbed.client().resource(foreign).withGracePeriod(0).delete();
  }

  @Test
  void aPodThatIsLetThroughCannotJoinTheRendezvous() {
    int place = job.steps().journal().size();

    try (Stranger stranger = Stranger.inPlaceOf(testbed.client(), job.pod(1))) {
      stranger.awaitRefusal();
      long step = job.steps().next(job.steps().journal().size(), LONG).what().step();
      job.steps().await("finetune", step + 30, LONG);

      assertThat(stranger.log()).doesNotContain("Registered with the coordinator");
    }
    assertThat(job.steps().journal().entries().stream().skip(place))
        .noneMatch(seen -> seen.what().is("runStarted"));
  }

  private static byte[] report(int attempt, long sequence) throws JsonProcessingException {
    return JSON.writeValueAsBytes(
        new ProgressReport(
            attempt, sequence, Activity.DONE, 1, null, List.of(), null, List.of(), Map.of(), null));
  }

  private static String audience(RunningJob job) {
    return "lit-operator.io/" + job.resource().get().getMetadata().getUid();
  }

  private static JobFile longJob(String name) {
    return JobFile.shortFinetune(Testbed.repository(), name)
        .with("/spec/finetune/maxSteps", 5000)
        .with("/spec/finetune/globalBatchSize", 8)
        .withOneRank();
  }

  private static Pod bystander(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(Testbed.NAMESPACE)
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("default")
        .addNewContainer()
        .withName("pause")
        .withImage("lit.test/pause:1")
        .endContainer()
        .endSpec()
        .build();
  }
}
